import type { SecurityGroup, Subnet } from '@ovn-docker/openstack';
import { explained, isNotFound } from '../clients/neutron/refusals.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { fetchTargets } from '../networks/docker-target.ts';
import type { Engine } from '../nics/engine.ts';
import { interfaceNames } from '../nics/names.ts';
import { isPlain, type Nic, type Target } from '../nics/nic.ts';
import { hasAddressesOf, haveSame, isUnaltered } from '../nics/plain-port.ts';
import type { NicPool } from '../nics/pool.ts';
import type { Children } from '../nics/recover.ts';
import { type InterfaceView, isWhole, viewOf } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Sorts what a former agent made into pools: those of the Docker networks that are noted, and those that its plain NICs
 * come from. A complete NIC that nobody has is warm at once; the rest is left to the reconciler. What a user has made of a
 * port meanwhile is not passed on: a NIC belongs to a pool only when its port is what a new one for that pool would be.
 */
export async function restorePools(
  engine: Engine,
  nics: readonly Nic[],
  { subports }: Pick<Children, 'subports'>,
  vm: Vm,
): Promise<void> {
  const noted = [...dockerNetworks.all(vm.vmSwitch).values()];
  for (const target of await fetchTargets(engine.neutron, noted)) engine.pools.of(target);
  const view = viewOf(vm.netlink.links());
  const plain = nics.filter(isPlain);
  const norm = await askNorm(engine, plain);
  for (const nic of plain) {
    const target = targetOf(nic, norm);
    const isConnected = vm.parentLinks.isConnected(nic, subports);
    // No stage of attach makes a lost binding again.
    const isUnbound = nic.state === 'found' && !isConnected && !vm.parentLinks.of(nic).connectsLater;
    if (!target || isUnbound) nic.isSpent = true;
    const pool = target && poolFor(engine, nic, target, norm);
    // With the pool's target it finds its way back there; one that fits nowhere goes when nobody has it.
    nic.target = pool?.target ?? target ?? nic.target;
    const isWarm = pool?.hasRoom && nic.state === 'found' && isConnected && isComplete(nic, vm, view);
    if (isWarm) pool.put(nic);
  }
}

/** What a new port on the networks of some NICs would be. */
interface Norm {
  readonly subnets: readonly Subnet[];
  /** Of each project that the credential sees. */
  readonly defaultGroups: readonly SecurityGroup[];
}

async function askNorm({ neutron }: Engine, nics: readonly Nic[]): Promise<Norm> {
  const ids = [...new Set(nics.map(({ target }) => target.network.id))];
  if (ids.length === 0) return { subnets: [], defaultGroups: [] };
  const [subnets, defaultGroups] = await Promise.all([
    explained(neutron.subnets.all({ network_id: ids })),
    explained(
      neutron.securityGroups.all({ name: 'default' }).catch((error: unknown) => {
        // A Neutron without security groups.
        if (isNotFound(error)) return [];
        throw error;
      }),
    ),
  ]);
  return { subnets, defaultGroups };
}

/** The NIC's target with the security groups that its port has, if they are not the project's default one; undefined: altered. */
function targetOf({ port, target }: Nic, { defaultGroups }: Norm): Target | undefined {
  if (!port || !isUnaltered(port, target.network)) return undefined;
  const { security_groups: groups, port_security_enabled: isSecured = true, project_id: project } = port;
  const usual = isSecured ? defaultGroups.filter((is) => is.project_id === project).map(({ id }) => id) : [];
  if (groups === undefined || haveSame(groups, usual)) return target;
  return groups.length === 0 ? undefined : { ...target, securityGroups: groups };
}

/** A Docker network's pool, or that of the whole network, which `--net=none` containers are on. */
function poolFor({ pools }: Engine, { port }: Nic, target: Target, norm: Norm): NicPool | undefined {
  const { network, securityGroups } = target;
  const subnets = norm.subnets.filter(({ network_id }) => network_id === network.id);
  const fits = (wanted: Target) => port !== undefined && hasAddressesOf(port, wanted.subnets, subnets);
  const isSecuredAlike = (other: Target) => haveSame(other.securityGroups, securityGroups);
  const known = pools.onNetwork(network.id).find((pool) => isSecuredAlike(pool.target) && fits(pool.target));
  const whole = { ...target, subnets };
  return known ?? (fits(whole) ? pools.of(whole) : undefined);
}

/** Plugged under its own tag, with both ends of its pair in the VM. */
function isComplete(nic: Nic, { vmSwitch }: Vm, view: InterfaceView): boolean {
  return (
    nic.vlan !== undefined &&
    vmSwitch.port(interfaceNames(nic.vlan).vmEnd)?.vlan === nic.vlan &&
    isWhole(nic, view)
  );
}
