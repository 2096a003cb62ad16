/** An IPv4 address as a dual-stack socket reports it (RFC 4291, section 2.5.5.2). */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The address of a socket's other end, without the prefix of a mapped IPv4 address and without a zone.
 *
 * @param address `socket.remoteAddress`
 * @returns an empty string for `undefined`, which is the address of a socket that is closed
 */
export function plainAddress(address: string | undefined): string {
  const [plain = ''] = (address ?? '').split('%');
  return MAPPED.exec(plain)?.[1] ?? plain;
}

/**
 * The address as {@link plainAddress} returns it, or of IPv6 its /64 prefix, because one host may use all
 * addresses in it.
 *
 * @returns such as `192.0.2.1`, or the first four groups of the address, such as `2001:db8:0:1`
 */
export function addressOrPrefix(address: string | undefined): string {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':');
}
