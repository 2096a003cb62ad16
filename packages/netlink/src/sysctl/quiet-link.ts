import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { NetlinkError } from '../errors.ts';
import { inNetns } from '../namespace/in-netns.ts';

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
  // A name with a slash would name another setting.
  if (link.includes('/')) {
    throw new NetlinkError({
      operation: `quiet ${link}`,
      errno: constants.errno.EINVAL,
      reason: 'not a link name',
    });
  }
  const write = () => {
    for (const [family, key, value] of SETTINGS)
      writeSetting(`/proc/sys/net/${family}/conf/${link}/${key}`, value, link);
  };
  if (netns === undefined) write();
  else inNetns(netns, write);
}

function writeSetting(path: string, value: string, link: string): void {
  try {
    writeFileSync(path, value);
  } catch (cause) {
    const { code, errno = 0 } = cause as NodeJS.ErrnoException;
    // A kernel without IPv6 has nothing to switch off.
    if (code === 'ENOENT' && path.includes('/ipv6/')) return;
    const number = code === 'ENOENT' ? constants.errno.ENODEV : -errno;
    throw new NetlinkError({ operation: `quiet ${link}`, errno: number, cause });
  }
}
