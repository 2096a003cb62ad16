import type { Vm } from '../vm/vm.ts';
import { type Drift, driftsOf, type Seen } from './health.ts';
import { interfaceNames } from './names.ts';
import type { PluggedNic } from './nic.ts';
import type { InterfaceView } from './veth-pair.ts';

/** Name of the interface that the kernel datapath of Open vSwitch makes the master of its ports. */
const KERNEL_DATAPATH = 'ovs-system';

/** The VM's switch, and its kernel or a list of its interfaces. */
type Looked = Pick<Vm, 'vmSwitch'> & InterfaceView;

/** Looks at a NIC now: two questions to the kernel, some tens of microseconds in all. */
export function lookAt({ vlan }: PluggedNic, vm: Looked): Seen {
  const { vmEnd, containerEnd } = interfaceNames(vlan);
  return {
    row: vm.vmSwitch.port(vmEnd),
    vmEnd: vm.netlink.link(vmEnd),
    containerEnd: vm.netlink.link(containerEnd),
    master: masterOf(vm),
  };
}

/** What is wrong with a NIC now. */
export function driftsNow(nic: PluggedNic, vm: Looked): Drift[] {
  return driftsOf(nic, lookAt(nic, vm));
}

/** Index of the master that every port of the VM's bridge has; undefined for a datapath in user space. */
export function masterOf({ vmSwitch, netlink }: Looked): number | undefined {
  return vmSwitch.isUserspace ? undefined : netlink.link(KERNEL_DATAPATH)?.index;
}
