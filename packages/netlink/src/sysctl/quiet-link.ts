import { writeLinkSettings } from './link-settings.ts';

/**
 * Kernel documentation, networking/ip-sysctl: answer no ARP request for a local address, drop packets whose
 * source is routed through another link, disable IPv6.
 */
const SETTINGS = [
  ['ipv4', 'arp_ignore', '8'],
  ['ipv4', 'rp_filter', '1'],
  ['ipv6', 'disable_ipv6', '1'],
] as const;

/**
 * Stops the kernel's IP stack from processing the frames that arrive on a link. A userspace switch (Open
 * vSwitch with `datapath_type=netdev`) reads a link's frames from a packet socket, but the kernel still
 * processes the same frames: it answers ARP for the machine's addresses on a port whose frames the switch
 * forwards elsewhere.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, EROFS or EACCES when /proc/sys cannot be written
 * @example
 * ```ts
 * quietLink(undefined, 'port1');
 * ```
 */
export function quietLink(netns: string | undefined, link: string): void {
  writeLinkSettings(netns, link, SETTINGS);
}
