import { writeLinkSettings } from './link-settings.ts';

/**
 * Lets a link have IPv6 addresses where its namespace has IPv6 switched off for new links, as Docker does it for containers without
 * a network of its own (`--net=none`). On a kernel without IPv6 nothing happens.
 *
 * @param netns path of the network namespace; this thread's own when not given
 * @throws NetlinkError EROFS or EACCES when /proc/sys cannot be written
 */
export function enableIpv6(netns: string | undefined, link: string): void {
  writeLinkSettings(netns, link, [['ipv6', 'disable_ipv6', '0']]);
}
