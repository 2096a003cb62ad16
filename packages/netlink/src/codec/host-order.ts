import { endianness } from 'node:os';
import { errnoOf, NetlinkError } from '../errors.ts';

/** Netlink numbers are in the byte order of the machine (netlink(7)); only addresses are in network order. */
export const LITTLE = endianness() === 'LE';

export function readU16(bytes: Buffer, offset: number): number {
  requireField(bytes, offset, 2);
  return LITTLE ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
}

export function readU32(bytes: Buffer, offset: number): number {
  requireField(bytes, offset, 4);
  return LITTLE ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
}

export function readI32(bytes: Buffer, offset: number): number {
  requireField(bytes, offset, 4);
  return LITTLE ? bytes.readInt32LE(offset) : bytes.readInt32BE(offset);
}

/** @throws NetlinkError EBADMSG when the message ends before the field does */
export function requireField(bytes: Buffer, offset: number, length: number): void {
  if (offset + length <= bytes.length) return;
  const reason = `${length} bytes at byte ${offset} do not fit into a message of ${bytes.length}`;
  throw new NetlinkError({ operation: 'decode message', errno: errnoOf('EBADMSG'), reason });
}

export const writeU16 = (bytes: Buffer, value: number, offset: number): number =>
  LITTLE ? bytes.writeUInt16LE(value, offset) : bytes.writeUInt16BE(value, offset);

export const writeU32 = (bytes: Buffer, value: number, offset: number): number =>
  LITTLE ? bytes.writeUInt32LE(value, offset) : bytes.writeUInt32BE(value, offset);

export const writeI32 = (bytes: Buffer, value: number, offset: number): number =>
  LITTLE ? bytes.writeInt32LE(value, offset) : bytes.writeInt32BE(value, offset);

export const writeU64 = (bytes: Buffer, value: bigint, offset: number): number =>
  LITTLE ? bytes.writeBigUInt64LE(value, offset) : bytes.writeBigUInt64BE(value, offset);

/** Everything in a netlink message starts at a multiple of four bytes (NLMSG_ALIGN, NLA_ALIGN). */
export const align4 = (length: number): number => (length + 3) & ~3;
