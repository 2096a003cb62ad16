import { invalid } from '../errors.ts';
import { u8, u16, u32 } from './bytes.ts';

/** The wire version of OpenFlow 1.4. */
export const VERSION = 5;

/** Bytes of ofp_header (OpenFlow 1.4 §7.1.1): version, type, length, xid. */
export const HEADER_LENGTH = 8;

const LONGEST = 0xffff;

/** ofp_type (OpenFlow 1.4 §7.1.1), those that this package sends or reads. */
export const MessageType = {
  hello: 0,
  error: 1,
  echoRequest: 2,
  echoReply: 3,
  flowMod: 14,
  multipartRequest: 18,
  multipartReply: 19,
  barrierRequest: 20,
  barrierReply: 21,
  bundleControl: 33,
  bundleAdd: 34,
} as const;

/** A message as it arrives. */
export interface Message {
  readonly version: number;
  readonly type: number;
  readonly xid: number;
  readonly body: Buffer;
}

/** Encodes a message. @throws OpenFlowError `OPENFLOW_INVALID` when it is longer than 65,535 bytes */
export function encodeMessage(type: number, xid: number, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, HEADER_LENGTH);
  if (length > LONGEST) throw invalid(`a message of ${length} bytes is longer than ${LONGEST}`);
  return Buffer.concat([u8(VERSION), u8(type), u16(length), u32(xid), ...body], length);
}
