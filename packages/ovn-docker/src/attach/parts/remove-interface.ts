import { isNetlinkError } from '@ovn-docker/netlink';
import type { Vm } from '../../vm/vm.ts';

/**
 * Deletes an interface of the VM, if it exists. The kernel deletes the veth pairs of a network namespace some
 * time after the namespace ends (network_namespaces(7)), so a pair can disappear between two calls.
 *
 * @returns whether it existed
 * @throws NetlinkError when the kernel refuses for another reason
 */
export function removeInterface(vm: Pick<Vm, 'netlink'>, name: string): boolean {
  try {
    vm.netlink.deleteLink(name);
    return true;
  } catch (error) {
    if (!isNetlinkError(error, 'ENODEV')) throw error;
    return false;
  }
}
