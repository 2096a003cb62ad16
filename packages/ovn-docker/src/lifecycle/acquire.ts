import type { Neutron } from '@ovn-docker/openstack';
import { attach } from '../attach/attach.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { driftsNow } from '../nics/look-at.ts';
import {
  addressesOf,
  type Claim,
  isPlain,
  isPlugged,
  type Nic,
  type NicWishes,
  type PluggedNic,
  requirePlugged,
} from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { isElsewhere } from '../nics/veth-pair.ts';
import { countNicRequest } from '../observe/metrics.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import type { Vm } from '../vm/vm.ts';
import { finish } from './finish.ts';
import { freeWarm, isUnused } from './free-addresses.ts';
import { heal } from './heal.ts';
import { release } from './release.ts';
import { requireConfirmed } from './require-confirmed.ts';
import { writeClaim } from './write-claim.ts';

/** A request for a NIC on a pool's target. */
export interface NicRequest {
  readonly pool: NicPool;
  readonly wants: NicWishes;
  readonly claim: Omit<Claim, 'since' | 'promised'>;
  /**
   * Id of the subnet whose address the caller returns to Docker. The claim of a warm NIC notes the address at
   * once; that of a new NIC cannot, because Neutron has not chosen it yet.
   */
  readonly promisedSubnet?: string;
  /** Neutron with another credential than the agent's: then no warm NIC serves the request. */
  readonly neutron?: Neutron;
  /** Id for the NIC if it has to be made. */
  readonly id?: string;
}

/**
 * Returns a NIC that is plugged into the VM's bridge and claimed. A warm NIC costs one OVSDB transaction and
 * no request to Neutron. A request for a special address, MAC or port, or on an empty pool, takes the cold
 * way: the same stages, Neutron first.
 */
export async function acquire(engine: Engine, request: NicRequest): Promise<PluggedNic> {
  const known = await acquireKnown(engine, request);
  if (known) {
    countNicRequest('warm');
    return known;
  }
  await requireConfirmed(engine);
  const { network } = request.pool.target;
  await freeWarm(engine, { networkId: network.id, ...request.wants });
  const made = await makeCold(engine, request);
  countNicRequest(isPlain(request) && !request.neutron ? 'cold' : 'special');
  return made;
}

/**
 * Claims a warm NIC, or one that was kept for its addresses while Neutron was away. Undefined when there is
 * none.
 */
export async function acquireKnown(engine: Engine, request: NicRequest): Promise<PluggedNic | undefined> {
  request.pool.recordRequest();
  const taking = request.neutron ? undefined : takeWarm(engine, request);
  engine.wake(request.pool);
  const warm = await taking;
  if (warm) return claimWarm(engine, warm, request);
  return request.neutron || engine.unconfirmed === undefined ? undefined : claimKept(engine, request);
}

/**
 * Claims the NIC that has all wanted addresses and that no container uses, while Neutron cannot confirm
 * another one: at the boot a container asks for the addresses that it had.
 */
async function claimKept(engine: Engine, request: NicRequest): Promise<PluggedNic | undefined> {
  const { addresses = [], mac } = request.wants;
  if (addresses.length === 0) return undefined;
  const kept = engine.nics.onNetwork(request.pool.target.network.id).find(({ port }) => {
    const own = (port?.fixed_ips ?? []).map(({ ip_address }) => ip_address);
    return (
      addresses.every((address) => own.includes(address)) && (mac ?? port?.mac_address) === port?.mac_address
    );
  });
  const vm = await engine.vm();
  if (!kept) return undefined;
  // A record may stand in for its row. Its pair may be missing: Join makes it.
  const isFree = () => (kept.state === 'found' ? !isElsewhere(kept, vm) : isUnused(kept, vm));
  // In its turn: the agent may still be making the pair.
  return engine.inTurn.run(kept.id, async () => (isFree() ? claimWarm(engine, kept, request) : undefined));
}

/**
 * A warm NIC serves a request for nothing special, or for a single address that it happens to have. A NIC
 * that is not healthy any more returns to the pool when it is: the container gets the next one.
 */
async function takeWarm(engine: Engine, { pool, wants }: NicRequest): Promise<Nic | undefined> {
  const [address, ...others] = wants.addresses ?? [];
  const isSingleAddress =
    address !== undefined && others.length === 0 && wants.mac === undefined && !wants.existing;
  if (!isPlain({ wants }) && !isSingleAddress) return undefined;
  for (;;) {
    const nic = await pool.takeNext(address);
    if (!nic) return undefined;
    const vm = await engine.vm();
    const [drift] = isPlugged(nic) ? driftsNow(nic, vm) : [];
    if (!drift) return nic;
    engine.log.warn({ nic: nic.id, ...drift }, 'a warm NIC is not healthy: repairing it');
    nic.state = 'making';
    void returnHealed(engine, nic, pool, vm);
  }
}

/** Heals a NIC of the pool and puts it back, or deletes it. */
async function returnHealed(engine: Engine, nic: Nic, pool: NicPool, vm: Vm): Promise<void> {
  const isHealed = async () => {
    try {
      await engine.inTurn.run(nic.id, () => heal([nic], vm));
      return true;
    } catch (error) {
      engine.log.warn({ nic: nic.id, err: error }, 'the NIC cannot be repaired: deleting it');
      return false;
    }
  };
  await pool.putWhenReturned(nic, isHealed, () => release(engine, nic));
}

async function claimWarm(engine: Engine, nic: Nic, request: NicRequest): Promise<PluggedNic> {
  nic.state = 'claimed';
  nic.claim = newClaim(request, nic);
  try {
    await writeClaim(nic, await engine.vm());
    return requirePlugged(nic);
  } catch (error) {
    await finish(engine, nic);
    throw error;
  }
}

/** When a stage fails, attach rolls back; what it could not undo because Neutron is away is drained later. */
async function makeCold(engine: Engine, request: NicRequest): Promise<PluggedNic> {
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
    // A caller that knows the claim finds the NIC before it is complete, and waits for its turn.
    await engine.inTurn.run(nic.id, () => attachAlone(nic, vm));
  } catch (error) {
    engine.nics.remove(nic);
    nic.state = 'draining';
    if (nic.port || nic.vlan !== undefined) engine.draining.add(withAgentsCredential(engine, nic));
    throw error;
  }
  nic.state = 'claimed';
  return requirePlugged(withAgentsCredential(engine, nic));
}

/** How often the agent makes a NIC again because another program has taken its VLAN meanwhile. */
const VLAN_TRIES = 5;

/** Attaches a new NIC on a VLAN that nothing else has on the VM's bridge. */
async function attachAlone(nic: Nic, vm: Vm): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await attach([nic], vm, 'guard port');
    } catch (error) {
      const isShared = error instanceof OvnDockerError && error.code === 'E_VLAN_SHARED';
      // With a VLAN, the rollback is not complete.
      if (!isShared || nic.vlan !== undefined || tries === VLAN_TRIES) throw error;
      vm.log.info({ nic: nic.id, err: error }, 'another program took the VLAN; trying the next');
    }
  }
}

/** The caller's token can expire before the container ends, so later requests use the agent's credential. */
function withAgentsCredential(engine: Engine, nic: Nic): Nic {
  nic.neutron = engine.neutron;
  return nic;
}

function newClaim({ claim, promisedSubnet }: NicRequest, warm?: Nic): Claim {
  const promised = warm ? addressesOf(warm).filter(({ subnet }) => subnet.id === promisedSubnet) : [];
  return { ...claim, since: steadyNow(), promised: new Set(promised.map(({ address }) => address)) };
}
