import { isNetlinkError } from '@ovn-docker/netlink';
import type { Vm } from '../../vm/vm.ts';

/**
 * Deletes an interface of the VM, if it exists. The kernel deletes the veth pairs of a network namespace some
 * time after the namespace ends (network_namespaces(7)), so a pair can disappear between two calls.
 *
 * @throws NetlinkError when the kernel refuses for another reason
 */
export function removeInterface(vm: Pick<Vm, 'netlink'>, name: string): void {
  try {
    vm.netlink.deleteLink(name);
  } catch (error) {
    if (!isNetlinkError(error, 'ENODEV')) throw error;
  }
}
