import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import { isPlain, isPlugged, type Nic } from '../nics/nic.ts';
import { haveSameAddresses } from '../nics/plain-port.ts';
import { type NicPool, poolKey } from '../nics/pool.ts';
import type { Children } from '../nics/recover.ts';
import { warn } from '../observe/warnings.ts';
import { drainPool } from '../pools/drain-pool.ts';
import { renewForPool } from '../pools/renew-for-pool.ts';
import type { Vm } from '../vm/vm.ts';
import { findPool, type PoolFacts, restorePools } from './restore-pools.ts';

/** The NICs as Neutron knows them. */
export interface Confirmed {
  readonly nics: readonly Nic[];
  readonly children: Children;
  readonly facts: PoolFacts;
}

/**
 * Compares the NICs that the agent knows from the VM's switch with Neutron's answer, before anything new is
 * made: takes over the ports, learns the NICs that no row shows, and takes NICs out of use that are not what
 * they were. What else differs, the reconciler finds in its next pass.
 * @param recalled ids of the NICs that the switch showed
 * @returns a promise that resolves when the NICs that are out of use are deleted
 */
export async function confirmNics(
  engine: Engine,
  vm: Vm,
  { nics, children, facts }: Confirmed,
  recalled: ReadonlySet<string>,
): Promise<void> {
  const byId = new Map(nics.map((nic) => [nic.id, nic]));
  const outOfUse: Nic[] = [];
  for (const nic of engine.nics.all()) {
    const now = byId.get(nic.id);
    const isSame = now?.port?.id === nic.port?.id;
    if (now && isSame) takeOverPort(engine, nic, now, facts);
    else if (nic.claim && nic.port) reportLost(engine, nic, 'Neutron does not have its port any more');
    if (hasLostVlan(nic, children)) {
      reportLost(engine, nic, `another port has its VLAN ${nic.vlan} by now: it is taken down`);
      outOfUse.push(nic);
    } else if (nic.isSpent && nic.state === 'warm' && engine.pools.get(nic.target)?.drop(nic)) {
      outOfUse.push(nic);
    }
  }
  learnOthers(engine, vm, { nics, children, facts }, recalled);
  await Promise.all([
    outOfUse.length > 0 ? release(engine, outOfUse) : undefined,
    // While Neutron was away, the pools took NICs beyond their high marks.
    ...engine.pools.all().map((pool) => drainToMark(engine, pool)),
  ]);
}

async function drainToMark(engine: Engine, pool: NicPool): Promise<void> {
  if (pool.warm > pool.marks.high) await drainPool(engine, pool, pool.marks.high);
}

/** The container keeps the addresses that it has; another container gets the NIC only if it is as it was. */
function takeOverPort(engine: Engine, nic: Nic, now: Nic, facts: PoolFacts): void {
  const { port } = nic;
  const before = poolKey(nic.target);
  nic.wants = now.wants;
  // Finds the pool of the port as it is now, and marks the NIC as spent if the port is altered.
  findPool(engine, now, facts);
  if (isPlain(nic) && (now.isSpent || poolKey(now.target) !== before)) nic.isSpent = true;
  if (port && now.port && !haveSameAddresses(port, now.port)) {
    nic.isSpent = true;
    const has = port.fixed_ips.map(({ ip_address }) => ip_address).join(' ');
    const inNeutron = now.port.fixed_ips.map(({ ip_address }) => ip_address).join(' ');
    const what = `its port has other addresses in Neutron (${inNeutron} ${now.port.mac_address})`;
    if (nic.claim) reportLost(engine, nic, `${what} than the container (${has} ${port.mac_address})`);
    return;
  }
  if (now.port) nic.port = now.port;
}

/** Whether the trunk carries another port under the NIC's VLAN: that port's frames must not reach the NIC. */
function hasLostVlan(nic: Nic, { subports }: Pick<Children, 'subports'>): boolean {
  if (!isPlugged(nic) || subports.get(nic.port.id) === nic.vlan) return false;
  return [...subports.values()].includes(nic.vlan);
}

function reportLost({ log }: Engine, { id, port, claim }: Nic, what: string): void {
  const warning = `while the agent could not ask Neutron, a container’s NIC changed: ${what}; start the container again`;
  const { containerId, endpointId } = claim ?? {};
  warn(log, warning, { nic: id, port: port?.id, container: containerId, endpoint: endpointId });
}

/** NICs without a row, or whose row did not say enough: an agent died before it plugged them. */
function learnOthers(
  engine: Engine,
  vm: Vm,
  { nics, children, facts }: Confirmed,
  recalled: ReadonlySet<string>,
): void {
  const leaving = new Set([...engine.draining].flatMap(({ id, port }) => [id, port?.id]));
  const known = new Set(engine.nics.all().map(({ port }) => port?.id));
  const others = nics.filter(
    ({ id, port }) =>
      !recalled.has(id) &&
      !engine.nics.get(id) &&
      !leaving.has(id) &&
      !leaving.has(port?.id) &&
      !known.has(port?.id),
  );
  const dead = restorePools(engine, others, children, vm, facts);
  engine.nics.add(...others);
  for (const [pool, group] of dead) renewForPool(engine, pool, group);
}
