import { isNetlinkError } from '@ovn-docker/netlink';
import type { Vm } from '../../vm/vm.ts';

/**
 * Removes an interface of the VM; one that is not there is fine. A network namespace that ends takes its veth pairs with it when the
 * kernel gets to it (network_namespaces(7)), so a pair that was just seen may be gone.
 *
 * @throws NetlinkError when the kernel refuses for another reason
 */
export function removeLink(vm: Pick<Vm, 'netlink'>, name: string): void {
  try {
    vm.netlink.deleteLink(name);
  } catch (error) {
    if (!isNetlinkError(error, 'ENODEV')) throw error;
  }
}
