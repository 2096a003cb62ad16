import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { writeI32, writeU16 } from '../codec/host-order.ts';
import { NetlinkError } from '../errors.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { AF_PACKET, checked, libc, SOCK_CLOEXEC, SOCK_RAW } from '../socket/libc.ts';
import { announcement } from './frame.ts';

/** struct sockaddr_ll (packet(7)). */
const SOCKADDR_LL_LENGTH = 20;
const SLL_IFINDEX = 4;

/**
 * Announces the addresses of a link to its neighbours: an ARP announcement for each IPv4 address (RFC 5227
 * §2.3), an unsolicited neighbor advertisement for each IPv6 address (RFC 4861 §7.2.6). Neighbours that still
 * know an address by another MAC address learn the new one. Tentative addresses, whose duplicate detection
 * still runs, are not announced.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, ENOENT when the namespace does not exist,
 *   ENETDOWN when the link is down, EPERM.
 * @example
 * ```ts
 * announceLink('/run/netns/blue', 'eth0');
 * ```
 */
export function announceLink(netns: string | undefined, link: string): void {
  const operation = `announce ${link}`;
  using rtnl = Rtnetlink.open(netns);
  const found = rtnl.link(link);
  if (found === undefined) throw new NetlinkError({ operation, errno: constants.errno.ENODEV });
  const addresses = rtnl.addresses(link).filter(({ tentative }) => !tentative);
  const frames = addresses.map(({ address }) => announcement(found.mac, address));
  const send = () => sendFrames(operation, found.index, frames);
  if (netns === undefined) send();
  else inNetns(netns, send);
}

/** Sends Ethernet frames from the link with this index, in the network namespace of this thread. */
function sendFrames(operation: string, link: number, frames: readonly Buffer[]): void {
  // With protocol 0 the socket receives nothing (packet(7)).
  const fd = checked(operation, libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  try {
    const address = Buffer.alloc(SOCKADDR_LL_LENGTH);
    writeU16(address, AF_PACKET, 0);
    writeI32(address, link, SLL_IFINDEX);
    checked(operation, libc.bind(fd, address, address.length));
    for (const frame of frames) checked(operation, libc.send(fd, frame, frame.length, 0));
  } finally {
    closeSync(fd);
  }
}
