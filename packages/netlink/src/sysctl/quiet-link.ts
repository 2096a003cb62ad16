import { dropReceived } from '../filter/drop-received.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { NetlinkSocket } from '../socket/netlink-socket.ts';
import { writeLinkSettings } from './link-settings.ts';

/**
 * Leaves the frames of a link to the programs that read them from packet sockets: the kernel's own protocols
 * neither receive nor send any. A userspace switch (Open vSwitch with `datapath_type=netdev`) reads a link's
 * frames from a packet socket, but the kernel would process the same frames: it would answer ARP for the
 * machine's addresses, and deliver broadcasts to the machine's sockets, on a port whose frames the switch
 * forwards elsewhere.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, EROFS or EACCES when /proc/sys cannot be written,
 *   ENOENT when the kernel lacks sch_ingress or cls_bpf
 * @example
 * ```ts
 * quietLink(undefined, 'port1');
 * ```
 */
export function quietLink(netns: string | undefined, link: string): void {
  // Without IPv6, the kernel sends no router solicitations and multicast reports of its own.
  writeLinkSettings(netns, link, [['ipv6', 'disable_ipv6', '1']]);
  const socket = netns === undefined ? NetlinkSocket.open() : inNetns(netns, () => NetlinkSocket.open());
  try {
    dropReceived(socket, link);
  } finally {
    socket.close();
  }
}
