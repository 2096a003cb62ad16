import { invalidArgument } from '../errors.ts';

/** IFNAMSIZ (net/if.h) without the final NUL. */
const LONGEST = 15;

/**
 * Hands back a name that the kernel accepts for a link (dev_valid_name in net/core/dev.c). `%` is refused too: the
 * kernel would take `veth%d` as a pattern and choose another name.
 *
 * @throws NetlinkError EINVAL, with what is wrong about it.
 */
export function checkedLinkName(name: string): string {
  const wrong = faultOf(name);
  if (wrong) throw invalidArgument('check link name', `'${name}' ${wrong}`);
  return name;
}

function faultOf(name: string): string | undefined {
  const length = Buffer.byteLength(name);
  if (length === 0) return 'is empty';
  if (length > LONGEST) return `is ${length} bytes long, more than ${LONGEST}`;
  if (name === '.' || name === '..') return 'is reserved';
  // Control characters, NUL among them, would end the name early or garble a terminal.
  if (/[\s/:%\p{Cc}]/u.test(name)) return 'has a space, slash, colon, percent sign or control character';
  return undefined;
}
