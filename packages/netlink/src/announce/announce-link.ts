import { constants } from 'node:os';
import { NetlinkError } from '../errors.ts';
import { PacketSocket } from '../packet/packet-socket.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { announcement } from './frame.ts';

/**
 * Announces the addresses of a link to its neighbours: an ARP announcement for each IPv4 address (RFC 5227
 * §2.3), an unsolicited neighbor advertisement for each IPv6 address (RFC 4861 §7.2.6). Neighbours that still
 * know an address by another MAC address learn the new one. Tentative addresses, whose duplicate detection
 * still runs, are not announced.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, ENOENT when the namespace does not exist,
 *   ENETDOWN when the link is down, EPERM.
 * @example
 * ```ts
 * announceLink('/run/netns/blue', 'eth0');
 * ```
 */
export function announceLink(netns: string | undefined, link: string): void {
  const operation = `announce ${link}`;
  using rtnl = Rtnetlink.open(netns);
  const found = rtnl.link(link);
  if (found === undefined) throw new NetlinkError({ operation, errno: constants.errno.ENODEV });
  const addresses = rtnl.addresses(link).filter(({ tentative }) => !tentative);
  using socket = PacketSocket.open(found.name, { ...(netns === undefined ? {} : { netns }) });
  for (const { address } of addresses) socket.send(announcement(found.mac, address));
}
