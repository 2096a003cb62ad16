import { writeLinkSettings } from './link-settings.ts';

/**
 * The kernel documentation's networking/ip-sysctl: no answer to ARP for any local address, no packet from an address that
 * is routed elsewhere, no IPv6 at all.
 */
const SETTINGS = [
  ['ipv4', 'arp_ignore', '8'],
  ['ipv4', 'rp_filter', '1'],
  ['ipv6', 'disable_ipv6', '1'],
] as const;

/**
 * Keeps the kernel's own IP stack out of what arrives on a link. A userspace switch (Open vSwitch with
 * `datapath_type=netdev`) reads a link's frames from a packet socket, and the kernel goes on to process the same frames:
 * it answers ARP for the machine's addresses on a port where the switch forwards them to somewhere else.
 *
 * @param netns path of the network namespace; this thread's own when not given
 * @throws NetlinkError ENODEV when there is no such link, EROFS or EACCES when /proc/sys cannot be written
 */
export function quietLink(netns: string | undefined, link: string): void {
  writeLinkSettings(netns, link, SETTINGS);
}
