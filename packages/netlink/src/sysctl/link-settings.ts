import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { NetlinkError } from '../errors.ts';
import { inNetns } from '../namespace/in-netns.ts';

/** A setting of a link: IP version, key, value (kernel documentation, networking/ip-sysctl). */
type Setting = readonly [family: 'ipv4' | 'ipv6', key: string, value: string];

/**
 * Writes settings of a link below /proc/sys/net, which shows the network namespace of the thread that opens
 * it.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, EROFS or EACCES when /proc/sys cannot be written
 */
export function writeLinkSettings(
  netns: string | undefined,
  link: string,
  settings: readonly Setting[],
): void {
  // A name with a slash would be the path of another setting.
  if (link.includes('/')) {
    throw new NetlinkError({
      operation: `set up ${link}`,
      errno: constants.errno.EINVAL,
      reason: 'not a link name',
    });
  }
  const write = () => {
    for (const [family, key, value] of settings)
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
    // A kernel without IPv6 has no IPv6 settings.
    if (code === 'ENOENT' && path.includes('/ipv6/')) return;
    const number = code === 'ENOENT' ? constants.errno.ENODEV : -errno;
    throw new NetlinkError({ operation: `set up ${link}`, errno: number, cause });
  }
}
