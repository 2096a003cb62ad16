import { isIPv4, isIPv6 } from 'node:net';
import { invalid } from '../errors.ts';

/** Encodes a MAC address such as `fa:16:3e:00:00:01`. @throws OpenFlowError `OPENFLOW_INVALID` */
export function macBytes(text: string): Buffer {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) throw invalid(`"${text}" is no MAC address`);
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

/** Decodes a MAC address to lower case. */
export function macText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$&:');
}

/** Encodes a dotted IPv4 address. @throws OpenFlowError `OPENFLOW_INVALID` */
export function ipv4Bytes(text: string): Buffer {
  if (!isIPv4(text)) throw invalid(`"${text}" is no IPv4 address`);
  return Buffer.from(text.split('.').map(Number));
}

/** Decodes an IPv4 address to dotted text. */
export const ipv4Text = (bytes: Buffer): string => [...bytes].join('.');

/** Encodes an IPv6 address (RFC 4291 §2.2), without a zone. @throws OpenFlowError `OPENFLOW_INVALID` */
export function ipv6Bytes(text: string): Buffer {
  if (!isIPv6(text) || text.includes('%')) throw invalid(`"${text}" is no IPv6 address`);
  // WHATWG URLs write every IPv6 address in groups of hexadecimal digits, even one that ends in a dotted
  // address.
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Decodes an IPv6 address to the text of RFC 5952. */
export function ipv6Text(bytes: Buffer): string {
  const groups = bytes.toString('hex').replace(/.{4}(?=.)/g, '$&:');
  return new URL(`http://[${groups}]/`).hostname.slice(1, -1);
}
