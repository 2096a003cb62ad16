import type { Neutron } from '@ovn-docker/openstack';
import { attach } from '../attach/attach.ts';
import type { Engine } from '../nics/engine.ts';
import { type Claim, isPlain, type Nic, type NicWishes } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { finish } from './finish.ts';
import { release } from './release.ts';
import { noteClaim } from './write-claim.ts';

/** What somebody wants a NIC for. */
export interface NicRequest {
  readonly pool: NicPool;
  readonly wants: NicWishes;
  readonly claim: Omit<Claim, 'since' | 'promised'>;
  /** Neutron as somebody else than the agent's own credential; then no warm NIC will do. */
  readonly neutron?: Neutron;
  /** Identity for a NIC that has to be made. */
  readonly id?: string;
}

/**
 * Gives a NIC that is complete up to its port on the bridge. A warm one is claimed in memory and in one OVSDB transaction, and
 * Neutron is not asked at all; what asks for something special, or finds the pool empty, goes the cold way: same stages,
 * Neutron first.
 */
export async function acquire(engine: Engine, request: NicRequest): Promise<Nic> {
  request.pool.wanted();
  const taking = request.neutron ? undefined : takeWarm(request);
  engine.wake(request.pool);
  const warm = await taking;
  if (warm) return claimWarm(engine, warm, request);
  await freeAddresses(engine, request);
  return makeCold(engine, request);
}

/** A wanted address may well be that of a warm NIC: Neutron would refuse to give it twice. */
async function takeWarm({ pool, wants }: NicRequest): Promise<Nic | undefined> {
  const [address, ...others] = wants.addresses ?? [];
  const isOfOne = address !== undefined && others.length === 0 && wants.mac === undefined && !wants.existing;
  if (!isPlain({ wants }) && !isOfOne) return undefined;
  return pool.takeNext(address);
}

/**
 * A wanted address that a NIC of ours has which is nobody's, in another pool or on its way into one: that NIC goes, so that
 * Neutron can give the address to whom it is wanted for.
 */
async function freeAddresses(engine: Engine, { pool, wants }: NicRequest): Promise<void> {
  for (const address of wants.addresses ?? []) {
    const has = pool.target.subnets
      .map(({ id }) => engine.nics.withAddress(id, address))
      .find((nic) => nic !== undefined);
    if (!has || has.claim || wants.existing?.id === has.port?.id) continue;
    const home = engine.pools.get(has.target);
    if (has.state === 'making') await (home?.returned(has) ?? home?.settled());
    if (has.state === 'warm' && home?.drop(has)) await release(engine, has);
  }
}

async function claimWarm(engine: Engine, nic: Nic, request: NicRequest): Promise<Nic> {
  nic.state = 'claimed';
  nic.claim = newClaim(request);
  try {
    await noteClaim(nic, await engine.vm());
    return nic;
  } catch (error) {
    await finish(engine, nic);
    throw error;
  }
}

/** When it fails, it is rolled back; what could not be taken back (Neutron went away in the middle) is drained. */
async function makeCold(engine: Engine, request: NicRequest): Promise<Nic> {
  const vm = await engine.vm();
  const { pool, wants, neutron = engine.neutron, id = crypto.randomUUID() } = request;
  const nic: Nic = {
    id,
    neutron,
    target: pool.target,
    wants,
    state: 'making',
    claim: newClaim(request),
  };
  engine.nics.add(nic);
  try {
    await attach([nic], vm, 'plug port');
  } catch (error) {
    engine.nics.remove(nic);
    nic.state = 'draining';
    if (nic.port || nic.vlan !== undefined) engine.draining.add(lasting(engine, nic));
    throw error;
  }
  nic.state = 'claimed';
  return lasting(engine, nic);
}

/** The caller's token may expire long before the container ends: from now on the agent's own credential serves. */
function lasting(engine: Engine, nic: Nic): Nic {
  nic.neutron = engine.neutron;
  return nic;
}

function newClaim({ claim }: NicRequest): Claim {
  return { ...claim, since: Date.now(), promised: new Set() };
}
