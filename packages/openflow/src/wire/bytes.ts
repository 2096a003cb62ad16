/** Big-endian encodings, as OpenFlow sends all numbers (OpenFlow 1.4 §7). */

export function u8(value: number): Buffer {
  return Buffer.from([value]);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export const zeros = (length: number): Buffer => Buffer.alloc(length);

/** The number of bytes after `length` bytes up to the next multiple of eight. */
export const paddingOf = (length: number): number => (8 - (length % 8)) % 8;
