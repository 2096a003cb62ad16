import { errnoOf, NetlinkError } from '../errors.ts';
import {
  align4,
  readI32,
  readU16,
  readU32,
  requireField,
  writeI32,
  writeU16,
  writeU32,
} from './host-order.ts';

const HEADER_LENGTH = 4;
const LONGEST = 0xffff;
const NESTED = 0x8000;
/** The two upper bits of a type are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER). */
const TYPE_MASK = 0x3fff;

/** The attributes of a message or of a nested attribute: payload by type. The last one of a type counts. */
export type Attributes = ReadonlyMap<number, Buffer>;

/**
 * Encodes an attribute: length, type, payload, padding to four bytes (struct rtattr, rtnetlink(7)).
 *
 * @throws NetlinkError EMSGSIZE when its length does not fit in 16 bits.
 */
export function attribute(type: number, ...payload: readonly Buffer[]): Buffer {
  const length = payload.reduce((sum, part) => sum + part.length, HEADER_LENGTH);
  if (length > LONGEST)
    throw new NetlinkError({ operation: `encode attribute ${type}`, errno: errnoOf('EMSGSIZE') });
  const bytes = Buffer.alloc(align4(length));
  writeU16(bytes, length, 0);
  writeU16(bytes, type, 2);
  let offset = HEADER_LENGTH;
  for (const part of payload) offset += part.copy(bytes, offset);
  return bytes;
}

/** Encodes an attribute that contains attributes. Strict kernels require the flag NLA_F_NESTED on it. */
export const nestedAttribute = (type: number, ...children: readonly Buffer[]): Buffer =>
  attribute(type | NESTED, ...children);

/** Encodes text as UTF-8 with a final NUL, as the kernel expects interface names. */
export const stringAttribute = (type: number, value: string): Buffer =>
  attribute(type, Buffer.from(`${value}\0`, 'utf8'));

export function u32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  writeU32(bytes, value, 0);
  return attribute(type, bytes);
}

export function i32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  writeI32(bytes, value, 0);
  return attribute(type, bytes);
}

/**
 * Decodes attributes up to the end of `bytes`. Payloads are views of `bytes`, not copies.
 *
 * @param types the types to return, which saves time in a list of thousands of links; all when left out
 * @throws NetlinkError EBADMSG when an attribute is longer than the rest of `bytes`.
 */
export function parseAttributes(bytes: Buffer, types?: ReadonlySet<number>): Attributes {
  const attributes = new Map<number, Buffer>();
  for (let offset = 0; offset + HEADER_LENGTH <= bytes.length; ) {
    const length = readU16(bytes, offset);
    if (length < HEADER_LENGTH || offset + length > bytes.length) {
      const reason = `attribute at byte ${offset} claims ${length} of ${bytes.length} bytes`;
      throw new NetlinkError({ operation: 'decode attributes', errno: errnoOf('EBADMSG'), reason });
    }
    const type = readU16(bytes, offset + 2) & TYPE_MASK;
    if (!types || types.has(type)) {
      attributes.set(type, bytes.subarray(offset + HEADER_LENGTH, offset + length));
    }
    offset += align4(length);
  }
  return attributes;
}

/** The text of an attribute without its final NUL; undefined when the attribute is missing. */
export function stringOf(attributes: Attributes, type: number): string | undefined {
  const bytes = attributes.get(type);
  if (!bytes) return undefined;
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/**
 * The number in an attribute; undefined when it is missing.
 *
 * @throws NetlinkError EBADMSG when it is too short.
 */
export function u32Of(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.get(type);
  return bytes && readU32(bytes, 0);
}

/**
 * The number in an attribute; undefined when it is missing.
 *
 * @throws NetlinkError EBADMSG when it is too short.
 */
export function i32Of(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.get(type);
  return bytes && readI32(bytes, 0);
}

/** The byte in an attribute; undefined when it is missing. @throws NetlinkError EBADMSG when it is empty. */
export function u8Of(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.get(type);
  if (bytes) requireField(bytes, 0, 1);
  return bytes?.[0];
}

/** The attributes inside an attribute; empty when it is missing. */
export function nestedOf(attributes: Attributes, type: number): Attributes {
  const bytes = attributes.get(type);
  return bytes ? parseAttributes(bytes) : new Map();
}
