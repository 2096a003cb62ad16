import type { Neutron } from '@ovn-docker/openstack';
import { attach } from '../attach/attach.ts';
import type { AgentState } from '../nics/engine.ts';
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
export async function acquire(state: AgentState, request: NicRequest): Promise<Nic> {
  request.pool.wanted();
  const taking = request.neutron ? undefined : takeWarm(request);
  state.wake(request.pool);
  const warm = await taking;
  if (warm) return claimWarm(warm, state, request);
  await freeAddresses(request, state);
  return makeCold(state, request);
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
async function freeAddresses({ pool, wants }: NicRequest, state: AgentState): Promise<void> {
  for (const address of wants.addresses ?? []) {
    const has = pool.target.subnets
      .map(({ id }) => state.nics.withAddress(id, address))
      .find((nic) => nic !== undefined);
    if (!has || has.claim || wants.existing?.id === has.port?.id) continue;
    const home = state.pools.get(has.target);
    if (has.state === 'making') await (home?.returned(has) ?? home?.settled());
    if (has.state === 'warm' && home?.drop(has)) await release(has, state);
  }
}

async function claimWarm(nic: Nic, state: AgentState, request: NicRequest): Promise<Nic> {
  nic.state = 'claimed';
  nic.claim = newClaim(request);
  try {
    await noteClaim(nic, await state.vm());
    return nic;
  } catch (error) {
    await finish(nic, state);
    throw error;
  }
}

/** When it fails, it is rolled back; what could not be taken back (Neutron went away in the middle) is drained. */
async function makeCold(state: AgentState, request: NicRequest): Promise<Nic> {
  const vm = await state.vm();
  const { pool, wants, neutron = state.neutron, id = crypto.randomUUID() } = request;
  const nic: Nic = {
    id,
    neutron,
    target: pool.target,
    wants,
    state: 'making',
    claim: newClaim(request),
  };
  state.nics.add(nic);
  try {
    await attach([nic], vm, 'plug port');
  } catch (error) {
    state.nics.remove(nic);
    nic.state = 'draining';
    if (nic.port || nic.vlan !== undefined) state.draining.add(lasting(nic, state));
    throw error;
  }
  nic.state = 'claimed';
  return lasting(nic, state);
}

/** The caller's token may expire long before the container ends: from now on the agent's own credential serves. */
function lasting(nic: Nic, state: AgentState): Nic {
  nic.neutron = state.neutron;
  return nic;
}

function newClaim({ claim }: NicRequest): Claim {
  return { ...claim, since: Date.now(), promised: new Set() };
}
