import { u16, u32, zeros } from '../wire/bytes.ts';
import { encodeMessage, MessageType } from '../wire/message.ts';

/** ofp_bundle_ctrl_type (OpenFlow 1.4 §7.3.9.2) */
export const BundleControl = { open: 0, commit: 4, discard: 6 } as const;

/**
 * OFPBF_ATOMIC and OFPBF_ORDERED: all changes take effect together, in the order in which they were added.
 */
const ATOMIC_AND_ORDERED = 3;

/** Encodes the body of OFPT_BUNDLE_CONTROL. */
export const encodeBundleControl = (bundle: number, type: number): Buffer =>
  Buffer.concat([u32(bundle), u16(type), u16(ATOMIC_AND_ORDERED)]);

/** Encodes the whole OFPT_BUNDLE_ADD_MESSAGE; the message inside must have the same xid. */
export function encodeBundleAdd(bundle: number, xid: number, flowMod: Buffer): Buffer {
  const inside = encodeMessage(MessageType.flowMod, xid, flowMod);
  return encodeMessage(MessageType.bundleAdd, xid, u32(bundle), zeros(2), u16(ATOMIC_AND_ORDERED), inside);
}
