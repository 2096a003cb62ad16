import { isWhole, viewOf } from '../attach/make-veth.ts';
import type { AgentState } from '../nics/agent-state.ts';
import { interfaceNames } from '../nics/names.ts';
import { isPlain, type Nic, type Target } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import type { Vm } from '../nics/vm.ts';
import { dockerNetworks } from '../plugins/libnetwork/docker-networks.ts';
import { fetchTargets } from '../plugins/libnetwork/docker-target.ts';

/**
 * Sorts what a former agent made into pools: those of the Docker networks that are noted, and those that its plain NICs
 * come from. A complete NIC that nobody has is warm at once; the rest is left to the reconciler.
 */
export async function restorePools(nics: readonly Nic[], vm: Vm, state: AgentState): Promise<void> {
  const noted = [...dockerNetworks.all(vm.vmSwitch).values()];
  for (const target of await fetchTargets(state.neutron, noted)) state.pools.of(target);
  const view = { vmSwitch: vm.vmSwitch, ...viewOf(vm.netlink.links()) };
  for (const nic of nics.filter(isPlain)) {
    const pool = poolFor(nic, state) ?? state.pools.of(nic.target);
    // With the pool's target it finds its way back there.
    Object.assign(nic, { target: pool.target });
    if (nic.state === 'found' && pool.hasRoom && isComplete(nic, view)) pool.put(nic);
  }
}

/** The pool whose subnets the NIC's addresses are of; one that names the NIC's very security groups comes first. */
function poolFor(nic: Nic, state: AgentState): NicPool | undefined {
  const groups = nic.port?.security_groups?.toSorted().join();
  const candidates = state.pools.onNetwork(nic.target.network.id).filter(({ target }) => covers(target, nic));
  return (
    candidates.find(({ target }) => target.securityGroups?.toSorted().join() === groups) ??
    candidates.find(({ target }) => target.securityGroups === undefined)
  );
}

function covers(target: Target, nic: Nic): boolean {
  const ids = new Set(target.subnets.map(({ id }) => id));
  return nic.target.subnets.every(({ id }) => ids.has(id));
}

function isComplete(nic: Nic, vm: Pick<Vm, 'vmSwitch'> & ReturnType<typeof viewOf>): boolean {
  return (
    nic.vlan !== undefined &&
    vm.vmSwitch.port(interfaceNames(nic.vlan).vmEnd) !== undefined &&
    isWhole(nic, vm)
  );
}
