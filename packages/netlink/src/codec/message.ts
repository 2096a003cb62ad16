import { errnoOf, NetlinkError } from '../errors.ts';
import { align4, readU16, readU32, writeU16, writeU32 } from './host-order.ts';

/** Length of struct nlmsghdr (netlink(7)). */
export const HEADER_LENGTH = 16;

/** Message types of netlink itself. */
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

/** Flags of requests. */
export const NLM_F_REQUEST = 0x001;
export const NLM_F_ACK = 0x004;
export const NLM_F_DUMP = 0x300;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;

/** Flags of answers. */
export const NLM_F_MULTI = 0x002;
export const NLM_F_DUMP_INTR = 0x010;
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

/** One netlink message: struct nlmsghdr and its payload. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Port of the sending socket, or in an answer of the receiving socket; 0 is the kernel. */
  readonly port: number;
  readonly payload: Buffer;
}

/** Encodes a message. Every part of the payload but the last must have a multiple of four bytes. */
export function encodeMessage(
  message: Omit<Message, 'payload' | 'port'>,
  ...payload: readonly Buffer[]
): Buffer {
  const length = payload.reduce((sum, part) => sum + part.length, HEADER_LENGTH);
  const bytes = Buffer.alloc(length);
  writeU32(bytes, length, 0);
  writeU16(bytes, message.type, 4);
  writeU16(bytes, message.flags, 6);
  writeU32(bytes, message.sequence, 8);
  let offset = HEADER_LENGTH;
  for (const part of payload) offset += part.copy(bytes, offset);
  return bytes;
}

/**
 * Decodes the messages of one datagram. Payloads are views of `bytes`, not copies.
 *
 * @throws NetlinkError EBADMSG when a message is longer than the rest of `bytes`.
 */
export function decodeMessages(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let offset = 0; offset + HEADER_LENGTH <= bytes.length; ) {
    const length = readU32(bytes, offset);
    if (length < HEADER_LENGTH || offset + length > bytes.length) {
      const reason = `message at byte ${offset} claims ${length} of ${bytes.length} bytes`;
      throw new NetlinkError({ operation: 'decode messages', errno: errnoOf('EBADMSG'), reason });
    }
    messages.push({
      type: readU16(bytes, offset + 4),
      flags: readU16(bytes, offset + 6),
      sequence: readU32(bytes, offset + 8),
      port: readU32(bytes, offset + 12),
      payload: bytes.subarray(offset + HEADER_LENGTH, offset + length),
    });
    offset += align4(length);
  }
  return messages;
}
