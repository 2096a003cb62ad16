import { readAcknowledgement } from '../codec/acknowledgement.ts';
import { readU32 } from '../codec/host-order.ts';
import {
  decodeMessages,
  NLM_F_ACK,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../codec/message.ts';
import { NetlinkError } from '../errors.ts';

/** Length of struct sockaddr_nl: family, padding, port, groups (netlink(7)). */
export const SENDER_LENGTH = 12;

/** Collects the kernel's answers to one request, datagram by datagram. */
export class Answers<T> {
  readonly decoded: T[] = [];
  /** Whether objects changed during the dump: the list may lack or repeat entries. */
  interrupted = false;
  /** Whether the acknowledgement, the end of a dump or the single answer has arrived. */
  complete = false;
  readonly #request: { operation: string; flags: number; sequence: number };
  readonly #decode: (payload: Buffer) => T;

  /** @param decode decodes the payload of one message; must not keep it, because its memory is reused */
  constructor(
    request: { operation: string; flags: number; sequence: number },
    decode: (payload: Buffer) => T,
  ) {
    this.#request = request;
    this.#decode = decode;
  }

  /**
   * Adds the messages of a datagram. @throws NetlinkError the kernel's error, when it refused the request.
   */
  add(sender: Buffer, datagram: Buffer): void {
    // Port 0 is the kernel. Other processes can send to this socket too; ignore them.
    if (readU32(sender, 4) !== 0) return;
    const { operation, flags, sequence } = this.#request;
    for (const message of decodeMessages(datagram)) {
      // Ignore the rest of an earlier request that failed before its end.
      if (message.sequence !== sequence) continue;
      this.interrupted ||= (message.flags & NLM_F_DUMP_INTR) !== 0;
      if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
        const { errno, kernelMessage } = readAcknowledgement(message);
        if (errno !== 0) throw new NetlinkError({ operation, errno, kernelMessage });
        this.complete = true;
      } else {
        this.decoded.push(this.#decode(message.payload));
        this.complete ||= !(flags & NLM_F_ACK) && !(message.flags & NLM_F_MULTI);
      }
    }
  }
}
