import { writeU16, writeU32, writeU64 } from '../codec/host-order.ts';
import { addressOf, checked, libc } from '../socket/libc.ts';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;

/** Length of struct sock_fprog (linux/filter.h) on 64-bit machines. */
const PROGRAM_LENGTH = 16;

/** Code, jump if true, jump if false, operand (linux/filter.h, struct sock_filter). */
const NEIGHBOR_ADVERTISEMENTS: readonly (readonly [number, number, number, number])[] = [
  [0x28, 0, 0, 12], // the EtherType
  [0x15, 0, 5, 0x86dd], // is IPv6
  [0x30, 0, 0, 20], // the next header
  [0x15, 0, 3, 58], // is ICMPv6
  [0x30, 0, 0, 54], // its type
  [0x15, 0, 1, 136], // is Neighbor Advertisement (RFC 4861 §4.4)
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];

/**
 * Lets only neighbor advertisements into a packet socket: a busy link has far more IPv6 frames than the
 * socket's buffer has room for (socket(7), SO_ATTACH_FILTER).
 */
export function advertisementsOnly(operation: string, fd: number): void {
  const instructions = Buffer.concat(NEIGHBOR_ADVERTISEMENTS.map(encode));
  const program = Buffer.alloc(PROGRAM_LENGTH);
  writeU16(program, NEIGHBOR_ADVERTISEMENTS.length, 0);
  writeU64(program, addressOf(instructions), 8);
  checked(operation, libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length));
}

function encode([code, whenTrue, whenFalse, operand]: readonly [number, number, number, number]): Buffer {
  const bytes = Buffer.alloc(8);
  writeU16(bytes, code, 0);
  bytes[2] = whenTrue;
  bytes[3] = whenFalse;
  writeU32(bytes, operand, 4);
  return bytes;
}
