import { join } from 'node:path';
import { invalidArgument } from '../errors.ts';

/** The directory in which named network namespaces are bind-mounted (ip-netns(8)). */
export const NETNS_DIRECTORY = '/run/netns';

const LONGEST = 255; // NAME_MAX

/**
 * The path of a named network namespace, which need not exist.
 *
 * @throws NetlinkError EINVAL when the name cannot be a file name.
 */
export function netnsPath(name: string): string {
  const fits = Buffer.byteLength(name) <= LONGEST && /^[^/\0]+$/.test(name) && name !== '.' && name !== '..';
  if (!fits)
    throw invalidArgument('check namespace name', `'${name}' is not a file name of 1 to ${LONGEST} bytes`);
  return join(NETNS_DIRECTORY, name);
}
