import { parseAttributes, stringOf } from './attribute.ts';
import { align4, readI32, readU32 } from './host-order.ts';
import {
  HEADER_LENGTH,
  type Message,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './message.ts';

const NLMSGERR_ATTR_MSG = 1;

/** The outcome of a request. */
export interface Acknowledgement {
  /** 0 for success, otherwise the positive error number (errno(3)). */
  readonly errno: number;
  /** The kernel's explanation or warning (NETLINK_EXT_ACK). */
  readonly kernelMessage?: string;
}

/**
 * Decodes NLMSG_ERROR or NLMSG_DONE (netlink(7)). NLMSG_ERROR contains struct nlmsgerr: the error, the header
 * of the request and, unless capped, its payload; then attributes. NLMSG_DONE contains the error, then
 * attributes.
 *
 * @throws NetlinkError EBADMSG when the message ends before.
 */
export function readAcknowledgement(message: Message): Acknowledgement {
  const { payload, flags, type } = message;
  // NLMSG_DONE of an old kernel has no payload.
  const errno = type === NLMSG_DONE && payload.length === 0 ? 0 : Math.abs(readI32(payload, 0));
  if (!(flags & NLM_F_ACK_TLVS)) return { errno };
  const kernelMessage = stringOf(
    parseAttributes(payload.subarray(attributesStart(message))),
    NLMSGERR_ATTR_MSG,
  );
  return kernelMessage === undefined ? { errno } : { errno, kernelMessage };
}

function attributesStart({ type, flags, payload }: Message): number {
  if (type !== NLMSG_ERROR) return 4;
  const request = flags & NLM_F_CAPPED ? HEADER_LENGTH : align4(readU32(payload, 4));
  return 4 + request;
}
