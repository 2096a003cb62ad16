/** Encodes numbers with sixteen bits each, in network order. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

/** The six bytes of a MAC address. */
export const mac = (text: string): Buffer => Buffer.from(text.replaceAll(':', ''), 'hex');

/** The bytes of an IPv4 or IPv6 address. */
export function ip(text: string): Buffer {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number));
  const [head = '', tail = ''] = text
    .split('::')
    .map((half) => half.split(':').filter((word) => word !== ''));
  const front = [...head].map((word) => Number.parseInt(word, 16));
  const back = [...tail].map((word) => Number.parseInt(word, 16));
  return words(...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back);
}

/** The checksum of RFC 1071. */
export function checksum(...parts: readonly Buffer[]): number {
  const joined = Buffer.concat(parts);
  const bytes = joined.length % 2 === 0 ? joined : Buffer.concat([joined, Buffer.of(0)]);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
