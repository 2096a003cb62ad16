import { invalidArgument } from '../errors.ts';

/** IFNAMSIZ (net/if.h) without the final NUL. */
const LONGEST = 15;

/**
 * Returns the name if the kernel accepts it for a link (dev_valid_name in net/core/dev.c). Refuses `%` too:
 * the kernel would treat `veth%d` as a pattern and choose another name.
 *
 * @throws NetlinkError EINVAL, with the fault of the name.
 */
export function checkedLinkName(name: string): string {
  const fault = faultOf(name);
  if (fault) throw invalidArgument('check link name', `'${name}' ${fault}`);
  return name;
}

function faultOf(name: string): string | undefined {
  const length = Buffer.byteLength(name);
  if (length === 0) return 'is empty';
  if (length > LONGEST) return `is ${length} bytes long, more than ${LONGEST}`;
  if (name === '.' || name === '..') return 'is reserved';
  // NUL would end the name early; other control characters would garble a terminal.
  if (/[\s/:%\p{Cc}]/u.test(name)) return 'has a space, slash, colon, percent sign or control character';
  return undefined;
}
