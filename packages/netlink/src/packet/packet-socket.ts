import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { writeI32, writeU16 } from '../codec/host-order.ts';
import { errnoOf, NetlinkError } from '../errors.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { AF_PACKET, checked, libc, SOCK_CLOEXEC, SOCK_RAW } from '../socket/libc.ts';
import { advertisementsOnly } from './advertisements-only.ts';
import { type ReceivedFrame, receiveFrame } from './receive-frame.ts';

// linux/if_packet.h and linux/if_ether.h
const SOL_PACKET = 263;
const PACKET_AUXDATA = 8;
const ETH_P_ALL = 0x0003;
const ETH_P_IPV6 = 0x86dd;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
/** Room for some thousand small frames. */
const RECEIVE_BUFFER = 8 * 1024 * 1024;
/** Room for the frames of one EtherType, of which there are few. */
const SMALL_BUFFER = 64 * 1024;

/** struct sockaddr_ll (packet(7)). */
const SOCKADDR_LL_LENGTH = 20;
const SLL_PROTOCOL = 2;
const SLL_IFINDEX = 4;

/** How to open a packet socket. */
export interface PacketSocketOptions {
  /** Path of the link's network namespace; default: this thread's namespace. */
  readonly netns?: string;
  /** Whether the socket also receives; default: it only sends. */
  readonly receive?: boolean;
  /**
   * Receives only frames of this EtherType, and only those that the link receives; of IPv6 (0x86dd) only
   * neighbor advertisements. Default: frames of every type.
   */
  readonly etherType?: number;
}

/**
 * Sends and receives whole Ethernet frames on one link, with any type, any tags and any addresses
 * (packet(7)). A receiving socket sees the frames that the link receives and those that others send. Every
 * method returns at once.
 *
 * @throws NetlinkError from every method: EBADF after `close`, ENETDOWN when the link is down.
 * @example
 * ```ts
 * using socket = PacketSocket.open('eth0', { netns: '/run/netns/blue', receive: true });
 * socket.send(frame);
 * for (let got = socket.receive(); got !== undefined; got = socket.receive()) console.log(got.bytes);
 * ```
 */
export class PacketSocket implements Disposable {
  readonly #operation: string;
  #fd: number;

  private constructor(link: string, fd: number) {
    this.#operation = `exchange frames on ${link}`;
    this.#fd = fd;
  }

  /**
   * Opens a socket on a link. The socket stays in the link's namespace.
   *
   * @throws NetlinkError ENODEV when the link does not exist, ENOENT when the namespace does not exist, EPERM
   *   without CAP_NET_RAW.
   */
  static open(
    link: string,
    { netns, receive = false, etherType = ETH_P_ALL }: PacketSocketOptions = {},
  ): PacketSocket {
    const operation = `open packet socket on ${link}`;
    using rtnl = Rtnetlink.open(netns);
    const found = rtnl.link(link);
    if (found === undefined) throw new NetlinkError({ operation, errno: constants.errno.ENODEV });
    const open = () => openBound(operation, found.index, receive ? etherType : undefined);
    return new PacketSocket(link, netns === undefined ? open() : inNetns(netns, open));
  }

  /**
   * Sends a frame, from the destination address to the last byte of the payload. @throws NetlinkError
   * EMSGSIZE
   */
  send(frame: Buffer): void {
    checked(this.#operation, libc.send(this.#open(), frame, frame.length, 0));
  }

  /** Returns the next frame, or undefined when there is none at the moment. */
  receive(): ReceivedFrame | undefined {
    return receiveFrame(this.#operation, this.#open());
  }

  /** Closes the socket. A second call does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): number {
    if (this.#fd >= 0) return this.#fd;
    throw new NetlinkError({
      operation: this.#operation,
      errno: errnoOf('EBADF'),
      reason: 'socket is closed',
    });
  }
}

/**
 * Opens a socket in the network namespace of this thread, for the link with this index only.
 * @param etherType of the frames to receive; undefined: the socket only sends
 */
function openBound(operation: string, link: number, etherType: number | undefined): number {
  // With protocol 0 the socket receives nothing (packet(7)), also not from other links before bind(2).
  const fd = checked(operation, libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  try {
    if (etherType !== undefined) {
      setOption(operation, fd, SOL_PACKET, PACKET_AUXDATA, 1);
      setOption(
        operation,
        fd,
        SOL_SOCKET,
        SO_RCVBUFFORCE,
        etherType === ETH_P_ALL ? RECEIVE_BUFFER : SMALL_BUFFER,
      );
    }
    if (etherType === ETH_P_IPV6) advertisementsOnly(operation, fd);
    const address = Buffer.alloc(SOCKADDR_LL_LENGTH);
    writeU16(address, AF_PACKET, 0);
    address.writeUInt16BE(etherType ?? 0, SLL_PROTOCOL);
    writeI32(address, link, SLL_IFINDEX);
    checked(operation, libc.bind(fd, address, address.length));
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function setOption(operation: string, fd: number, level: number, option: number, value: number): void {
  const bytes = Buffer.alloc(4);
  writeI32(bytes, value, 0);
  checked(operation, libc.setsockopt(fd, level, option, bytes, bytes.length));
}
