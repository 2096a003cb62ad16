import { endianness } from 'node:os';

/** Netlink numbers are in the byte order of the machine (netlink(7)); only addresses are in network order. */
export const LITTLE = endianness() === 'LE';

export const readU16 = (bytes: Buffer, offset: number): number =>
  LITTLE ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);

export const readU32 = (bytes: Buffer, offset: number): number =>
  LITTLE ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);

export const readI32 = (bytes: Buffer, offset: number): number =>
  LITTLE ? bytes.readInt32LE(offset) : bytes.readInt32BE(offset);

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
