import { constants } from 'node:os';
import { parseIp } from '../address/ip.ts';
import { NetlinkError } from '../errors.ts';
import { PacketSocket } from '../packet/packet-socket.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { type Question, questionFor } from './question.ts';

/** The most frames that one call of `answer` reads. */
const MOST_FRAMES = 64;

/**
 * Asks a neighbour for its MAC address with frames of its own, by ARP (RFC 826) or Neighbor Discovery
 * (RFC 4861 §7.2.2): unlike the kernel's neighbor cache, it hears whether the neighbour answers now, and it
 * changes no entry of that cache. Every method returns at once.
 *
 * @throws NetlinkError from every method: EBADF after `close`, ENETDOWN when the link is down.
 * @example
 * ```ts
 * using query = NeighborQuery.open('/run/netns/blue', 'eth0', '192.0.2.1');
 * query.ask();
 * setTimeout(() => console.log(query.answer() ?? 'no answer yet'), 10);
 * ```
 */
export class NeighborQuery implements Disposable {
  readonly #socket: PacketSocket;
  readonly #question: Question;

  private constructor(socket: PacketSocket, question: Question) {
    this.#socket = socket;
    this.#question = question;
  }

  /**
   * Prepares to ask for `target` on a link. The question has the link's MAC address and its first usable
   * address of the same version as its source: port security lets no other pass.
   *
   * @param netns path of the network namespace; this thread's namespace when undefined
   * @throws NetlinkError ENODEV when the link does not exist, EADDRNOTAVAIL when it has no such address,
   *   EINVAL when `target` is no IP address, EPERM without CAP_NET_RAW.
   */
  static open(netns: string | undefined, link: string, target: string): NeighborQuery {
    const operation = `ask for ${target} on ${link}`;
    using rtnl = Rtnetlink.open(netns);
    const found = rtnl.link(link);
    if (found === undefined) throw new NetlinkError({ operation, errno: constants.errno.ENODEV });
    const { family } = parseIp(target);
    const usable = rtnl.addresses(found.index).filter((each) => each.family === family && !each.tentative);
    const source = usable.find(({ scope }) => scope === 'global') ?? usable[0];
    if (source === undefined) throw new NetlinkError({ operation, errno: constants.errno.EADDRNOTAVAIL });
    const question = questionFor(found.mac, source.address, target);
    const where = netns === undefined ? {} : { netns };
    const socket = PacketSocket.open(found.name, { ...where, receive: true, etherType: question.etherType });
    return new NeighborQuery(socket, question);
  }

  /** Sends the question. */
  ask(): void {
    this.#socket.send(this.#question.frame);
  }

  /** The neighbour's MAC address; undefined while it has not answered. */
  answer(): string | undefined {
    for (let count = 0; count < MOST_FRAMES; count++) {
      const received = this.#socket.receive();
      if (received === undefined) return undefined;
      const mac = received.isSent ? undefined : this.#question.answeredBy(received.bytes);
      if (mac !== undefined) return mac;
    }
    return undefined;
  }

  /** Closes the socket. A second call does nothing. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
