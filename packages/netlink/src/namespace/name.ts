import { join } from 'node:path';
import { invalidArgument } from '../errors.ts';

/** Where named network namespaces are bind-mounted (ip-netns(8)). */
export const NETNS_DIRECTORY = '/run/netns';

const LONGEST = 255; // NAME_MAX

/**
 * Path of a named network namespace, there or not.
 *
 * @throws NetlinkError EINVAL when the name cannot be a file name.
 */
export function netnsPath(name: string): string {
  const fits = Buffer.byteLength(name) <= LONGEST && /^[^/\0]+$/.test(name) && name !== '.' && name !== '..';
  if (!fits)
    throw invalidArgument('check namespace name', `'${name}' is not a file name of 1 to ${LONGEST} bytes`);
  return join(NETNS_DIRECTORY, name);
}
