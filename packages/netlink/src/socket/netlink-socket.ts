import { closeSync } from 'node:fs';
import { writeI32, writeU32 } from '../codec/host-order.ts';
import { encodeMessage, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../codec/message.ts';
import { errnoOf, NetlinkError } from '../errors.ts';
import { Answers, SENDER_LENGTH } from './answers.ts';
import { AF_NETLINK, checked, libc, MSG_DONTWAIT, MSG_TRUNC, SOCK_CLOEXEC, SOCK_RAW } from './libc.ts';

const NETLINK_ROUTE = 0;
const SOL_NETLINK = 270;
/**
 * CAP_ACK: errors do not repeat the request. EXT_ACK: errors contain the reason. GET_STRICT_CHK: the kernel
 * filters dumps.
 */
const OPTIONS = { NETLINK_CAP_ACK: 10, NETLINK_EXT_ACK: 11, NETLINK_GET_STRICT_CHK: 12 };

// The datagrams of a dump are never larger than 32 KiB (netlink_dump in net/netlink/af_netlink.c).
const RECEIVE_LENGTH = 64 * 1024;
/** When objects change during a dump, the kernel marks the dump as inconsistent, and it must be repeated. */
const DUMP_ATTEMPTS = 16;

/** One request: a message type, its flags beyond NLM_F_REQUEST, and its payload. */
export interface Request {
  /** The purpose of the request, for errors: `create veth eth0`. */
  readonly operation: string;
  readonly type: number;
  readonly flags?: number;
  readonly payload: readonly Buffer[];
}

/**
 * An AF_NETLINK socket to rtnetlink (netlink(7), rtnetlink(7)) in the network namespace of the thread that
 * opens it. It stays in that namespace when the thread leaves it. The kernel processes a request before
 * send(2) returns, so the answer can be read at once and no method waits.
 */
export class NetlinkSocket {
  readonly #buffer = Buffer.alloc(RECEIVE_LENGTH);
  readonly #sender = Buffer.alloc(SENDER_LENGTH);
  readonly #senderLength = Buffer.alloc(4);
  #fd: number;
  #sequence = 0;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Opens a socket. @throws NetlinkError EMFILE, ENFILE, ENOPROTOOPT (kernel older than 4.20). */
  static open(): NetlinkSocket {
    const operation = 'open netlink socket';
    const fd = checked(operation, libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    try {
      const enabled = Buffer.alloc(4);
      writeI32(enabled, 1, 0);
      for (const option of Object.values(OPTIONS))
        checked(operation, libc.setsockopt(fd, SOL_NETLINK, option, enabled, enabled.length));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return new NetlinkSocket(fd);
  }

  /** The open file descriptor, for ioctl(2). @throws NetlinkError EBADF after `close`. */
  fd(operation: string): number {
    if (this.#fd < 0)
      throw new NetlinkError({ operation, errno: errnoOf('EBADF'), reason: 'socket is closed' });
    return this.#fd;
  }

  /** Requests a change. Returns when the kernel has made it. */
  change(request: Request): void {
    this.#exchange({ ...request, flags: (request.flags ?? 0) | NLM_F_ACK }, () => undefined);
  }

  /** Returns the payload of the single message with which the kernel answers. */
  get(request: Request): Buffer {
    const [payload] = this.#exchange(request, (bytes) => Buffer.from(bytes)).decoded;
    if (payload) return payload;
    throw new NetlinkError({
      operation: request.operation,
      errno: errnoOf('EBADMSG'),
      reason: 'empty answer',
    });
  }

  /**
   * Returns all objects of a kind, consistent with each other.
   *
   * @param decode decodes the payload of one object; must not keep a view of it, because the receive buffer
   *   is reused
   */
  dump<T>(request: Request, decode: (payload: Buffer) => T): T[] {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const { decoded, interrupted } = this.#exchange({ ...request, flags: NLM_F_DUMP }, decode);
      if (!interrupted) return decoded;
    }
    throw new NetlinkError({ operation: request.operation, errno: errnoOf('EINTR') });
  }

  /** Closes the socket. A second call does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    closeSync(fd);
  }

  #exchange<T>({ operation, type, flags = 0, payload }: Request, decode: (payload: Buffer) => T): Answers<T> {
    const fd = this.fd(operation);
    this.#sequence = (this.#sequence + 1) >>> 0;
    const sequence = this.#sequence;
    const bytes = encodeMessage({ type, flags: flags | NLM_F_REQUEST, sequence }, ...payload);
    checked(operation, libc.send(fd, bytes, bytes.length, 0));
    const answers = new Answers({ operation, flags, sequence }, decode);
    while (!answers.complete) answers.add(this.#sender, this.#receiveDatagram(operation, fd));
    return answers;
  }

  /** Receives the next datagram. Returns a view of #buffer; the sender is in #sender. */
  #receiveDatagram(operation: string, fd: number): Buffer {
    const buffer = this.#buffer;
    writeU32(this.#senderLength, SENDER_LENGTH, 0);
    // MSG_DONTWAIT: an answer that has not arrived by now never arrives, and an error is better than to wait
    // forever.
    const flags = MSG_TRUNC | MSG_DONTWAIT;
    const received = libc.recvfrom(fd, buffer, buffer.length, flags, this.#sender, this.#senderLength);
    const length = checked(operation, received);
    if (length > buffer.length) throw new NetlinkError({ operation, errno: errnoOf('EMSGSIZE') });
    return buffer.subarray(0, length);
  }
}
