import { writeLinkSettings } from './link-settings.ts';

/**
 * Enables IPv6 on a link (sysctl `net.ipv6.conf.LINK.disable_ipv6`). A namespace may disable IPv6 for new
 * links; Docker does that for containers without a Docker network (`--net=none`). On a kernel without IPv6
 * the call does nothing.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError EROFS or EACCES when /proc/sys cannot be written
 * @example
 * ```ts
 * enableIpv6('/run/netns/blue', 'eth0');
 * ```
 */
export function enableIpv6(netns: string | undefined, link: string): void {
  writeLinkSettings(netns, link, [['ipv6', 'disable_ipv6', '0']]);
}
