import { Rtnetlink } from '../rtnetlink.ts';
import { writeLinkSettings } from './link-settings.ts';

/**
 * Has the kernel tell a link's neighbours where its addresses are: an ARP announcement for each IPv4 address (RFC 5227 §2.3), an
 * unsolicited neighbor advertisement for each IPv6 address (RFC 4861 §7.2.6). Whoever still has one of them under another
 * MAC address learns this one. A link that is down says nothing.
 *
 * The kernel does it whenever the MAC address is set, also to what it is, if it is told to (the kernel documentation's
 * networking/ip-sysctl, `arp_notify` and `ndisc_notify`); both stay on.
 *
 * @param netns path of the network namespace; this thread's own when not given
 * @throws NetlinkError ENODEV when there is no such link, ENOENT when there is no such namespace, EROFS or EACCES when
 * /proc/sys cannot be written
 */
export function announceLink(netns: string | undefined, link: string): void {
  writeLinkSettings(netns, link, [
    ['ipv4', 'arp_notify', '1'],
    ['ipv6', 'ndisc_notify', '1'],
  ]);
  using rtnl = Rtnetlink.open(netns);
  const mac = rtnl.link(link)?.mac;
  if (mac !== undefined) rtnl.setLink(link, { mac });
}
