import type { Link } from '@ovn-docker/netlink';
import type { SecurityGroup, Subnet } from '@ovn-docker/openstack';
import { explained, isNotFound } from '../clients/neutron/refusals.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { fetchTargets, targetsOf } from '../networks/docker-target.ts';
import type { Engine } from '../nics/engine.ts';
import { driftsNow } from '../nics/look-at.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import { isPlain, isPlugged, type Nic, type PluggedNic, type Target } from '../nics/nic.ts';
import { readAlias } from '../nics/pair-alias.ts';
import { hasAddressesOf, haveSame, isUnaltered } from '../nics/plain-port.ts';
import type { NicPool } from '../nics/pool.ts';
import type { Children } from '../nics/recover.ts';
import { readTargets } from '../nics/target-records.ts';
import { type InterfaceView, isWhole, labelOnPair, viewOf } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';

/** What the pools follow from. */
export interface PoolFacts {
  /** The targets of the recorded Docker networks. */
  readonly targets: readonly Target[];
  /** All subnets of the NICs' networks, as far as they are known. */
  readonly subnets: readonly Subnet[];
  /** The group called `default` of each project that the credential sees. */
  readonly defaultGroups: readonly SecurityGroup[];
}

/** Asks Neutron. @throws OvnDockerError when Neutron is away */
export async function fetchPoolFacts(
  { neutron }: Pick<Engine, 'neutron'>,
  nics: readonly Nic[],
  { vmSwitch }: Pick<Vm, 'vmSwitch'>,
): Promise<PoolFacts> {
  const targets = await fetchTargets(neutron, [...dockerNetworks.all(vmSwitch).values()]);
  const ids = [...new Set(nics.filter(isPlain).map(({ target }) => target.network.id))];
  if (ids.length === 0) return { targets, subnets: [], defaultGroups: [] };
  const [subnets, defaultGroups] = await Promise.all([
    explained(neutron.subnets.all({ network_id: ids })),
    explained(
      neutron.securityGroups.all({ name: 'default' }).catch((error: unknown) => {
        // Neutron without the security-group extension.
        if (isNotFound(error)) return [];
        throw error;
      }),
    ),
  ]);
  return { targets, subnets, defaultGroups };
}

/** Reads the records on the bridge's row; a port's note leaves out default groups. */
export function recallPoolFacts({ vmSwitch }: Pick<Vm, 'vmSwitch'>): PoolFacts {
  const networks = readTargets(vmSwitch);
  return {
    targets: targetsOf([...dockerNetworks.all(vmSwitch).values()], networks),
    subnets: [...networks.values()].flatMap(({ subnets }) => subnets),
    defaultGroups: [],
  };
}

/**
 * Creates the pools of the recorded Docker networks and of an earlier agent's plain NICs, and sorts these
 * NICs into them. A complete unclaimed NIC becomes warm at once; the reconciler handles the others. A NIC
 * belongs to a pool only if its port is like a new port of that pool, so that no container gets a port
 * that a user has changed.
 * @returns for each pool the NICs that surely no container has and that lack their veth pair, or a part of
 * it: after a reboot, all that were warm
 */
export function restorePools(
  engine: Engine,
  nics: readonly Nic[],
  { subports, rows }: Pick<Children, 'subports' | 'rows'>,
  vm: Vm,
  facts: PoolFacts,
): ReadonlyMap<NicPool, Nic[]> {
  for (const target of facts.targets) engine.pools.of(target);
  const links = vm.netlink.links();
  const view = viewOf(links);
  const vmEnds = new Map(links.map((link) => [readAlias(link.alias)?.portId, link]));
  const withRow = new Set(rows.map(({ externalIds }) => externalIds[rowKeys.ifaceId]));
  const incomplete = new Map<NicPool, Nic[]>();
  for (const nic of nics.filter(isPlain)) {
    const isConnected = vm.parentLinks.isConnected(nic, subports);
    // No stage of attach restores a lost binding.
    const isUnbound = nic.state === 'found' && !isConnected && !vm.parentLinks.of(nic).connectsLater;
    const pool = findPool(engine, nic, facts);
    if (isUnbound) nic.isSpent = true;
    if (!pool?.hasRoom || nic.state !== 'found' || !isConnected || nic.isSpent) continue;
    if (isHealthy(nic, vm, view)) pool.put(nic);
    else if (isPlugged(nic) && withRow.has(nic.port.id) && isNobodys(nic, vmEnds.get(nic.port.id), view))
      incomplete.set(pool, [...(incomplete.get(pool) ?? []), nic]);
  }
  return incomplete;
}

/**
 * The pool that the NIC belongs to as its port is now. Sets the NIC's target, which leads to its pool, and
 * marks an altered NIC as spent. A NIC that fits no pool is deleted once it is unclaimed.
 */
export function findPool(engine: Engine, nic: Nic, facts: PoolFacts): NicPool | undefined {
  const target = targetOf(nic, facts);
  if (!target) nic.isSpent = true;
  const pool = target && poolFor(engine, nic, target, facts);
  nic.target = pool?.target ?? target ?? nic.target;
  return pool;
}

/**
 * The NIC's target, with the port's security groups unless these are the project's default. Returns undefined
 * for an altered port, also for one that lost its groups.
 */
function targetOf({ port, target }: Nic, { defaultGroups }: PoolFacts): Target | undefined {
  if (!port || !isUnaltered(port, target.network)) return undefined;
  const { security_groups: groups, port_security_enabled: isSecured = true, project_id: project } = port;
  const byDefault = isSecured
    ? defaultGroups.filter((group) => group.project_id === project).map(({ id }) => id)
    : [];
  if (groups === undefined || haveSame(groups, byDefault)) return target;
  return groups.length === 0 ? undefined : { ...target, securityGroups: groups };
}

/**
 * The pool that the port fits: an existing one, such as that of a Docker network, or else the pool on all
 * subnets of the network, from which `--net=none` containers get NICs. Returns undefined if it fits neither.
 */
function poolFor({ pools }: Engine, { port }: Nic, target: Target, facts: PoolFacts): NicPool | undefined {
  const { network, securityGroups } = target;
  const subnets = facts.subnets.filter(({ network_id }) => network_id === network.id);
  const fits = (candidate: Target) => port !== undefined && hasAddressesOf(port, candidate.subnets, subnets);
  const hasSameGroups = (other: Target) => haveSame(other.securityGroups, securityGroups);
  const known = pools.onNetwork(network.id).find((pool) => hasSameGroups(pool.target) && fits(pool.target));
  const whole = { ...target, subnets };
  // Without Neutron, only the recorded subnets are known.
  const isComplete = subnets.length >= network.subnets.length;
  return known ?? (isComplete && fits(whole) ? pools.of(whole) : undefined);
}

/**
 * Whether no container has an unclaimed NIC with a row, without asking Docker: either there is no pair, or
 * both ends are in the VM, without the label of a container.
 */
function isNobodys(nic: PluggedNic, pair: Link | undefined, view: InterfaceView): boolean {
  if (pair === undefined) return true;
  const { vmEnd, containerEnd } = interfaceNames(nic.vlan);
  const isInVm = pair.name === vmEnd && view.netlink.link(containerEnd) !== undefined;
  return isInVm && labelOnPair(nic, view) === undefined;
}

/** Whether the NIC can become warm without any further stage. */
function isHealthy(nic: Nic, { vmSwitch, netlink }: Vm, view: InterfaceView): boolean {
  const dropsReceived = netlink.dropsReceived.bind(netlink);
  const seen = { vmSwitch, netlink: { ...view.netlink, dropsReceived } };
  return isPlugged(nic) && isWhole(nic, view) && driftsNow(nic, seen).length === 0;
}
