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

/** Collects the answers to one request, datagram by datagram. */
export class Answers<T> {
  readonly decoded: T[] = [];
  /** Something changed while the kernel listed it: the list may lack or repeat entries. */
  interrupted = false;
  /** The acknowledgement, the end of a dump or the single answer has come. */
  complete = false;
  readonly #request: { operation: string; flags: number; sequence: number };
  readonly #decode: (payload: Buffer) => T;

  /** @param decode reads the payload of one message at once: its memory is used again for the next datagram */
  constructor(
    request: { operation: string; flags: number; sequence: number },
    decode: (payload: Buffer) => T,
  ) {
    this.#request = request;
    this.#decode = decode;
  }

  /** @throws NetlinkError what the kernel answered, when it refused. */
  add(sender: Buffer, datagram: Buffer): void {
    // Only port 0 is the kernel; other processes can send to us too.
    if (readU32(sender, 4) !== 0) return;
    const { operation, flags, sequence } = this.#request;
    for (const message of decodeMessages(datagram)) {
      // What an earlier request left behind when it failed half-way is not ours.
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
