import { isNetlinkError, type Link } from '@ovn-docker/netlink';
import type { Vm } from '../vm/vm.ts';
import { type Drift, driftsOf, type Seen } from './health.ts';
import { interfaceNames } from './names.ts';
import type { PluggedNic } from './nic.ts';
import type { InterfaceView } from './veth-pair.ts';

/** Name of the interface that the kernel datapath of Open vSwitch makes the master of its ports. */
const KERNEL_DATAPATH = 'ovs-system';

/** The VM's switch, and its kernel's filters. */
interface Quieted {
  readonly vmSwitch: Pick<Vm['vmSwitch'], 'isUserspace'>;
  readonly netlink: Pick<Vm['netlink'], 'dropsReceived'>;
}

/** The VM's switch, and its kernel or a list of its interfaces. */
type Looked = Pick<Vm, 'vmSwitch'> & InterfaceView & Quieted;

/** Looks at a NIC now: three questions to the kernel at most, some tens of microseconds in all. */
export function lookAt({ vlan }: PluggedNic, vm: Looked): Seen {
  const { vmEnd, containerEnd } = interfaceNames(vlan);
  const end = vm.netlink.link(vmEnd);
  return {
    row: vm.vmSwitch.port(vmEnd),
    vmEnd: end,
    containerEnd: vm.netlink.link(containerEnd),
    isQuiet: end && isQuiet(end, vm),
    master: masterOf(vm),
  };
}

/** What is wrong with a NIC now. */
export function driftsNow(nic: PluggedNic, vm: Looked): Drift[] {
  return driftsOf(nic, lookAt(nic, vm));
}

/**
 * Whether the VM's kernel ignores what the interface receives; undefined where nothing requires it, or if the
 * interface is gone since the caller saw it.
 */
export function isQuiet({ index }: Link, { vmSwitch, netlink }: Quieted): boolean | undefined {
  if (!vmSwitch.isUserspace) return undefined;
  try {
    return netlink.dropsReceived(index);
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** Index of the master that every port of the VM's bridge has; undefined for a datapath in user space. */
export function masterOf({ vmSwitch, netlink }: Pick<Vm, 'vmSwitch'> & InterfaceView): number | undefined {
  return vmSwitch.isUserspace ? undefined : netlink.link(KERNEL_DATAPATH)?.index;
}
