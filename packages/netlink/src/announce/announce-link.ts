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
 * Tells a link's neighbours where its addresses are: an ARP announcement for each IPv4 address (RFC 5227 §2.3), an unsolicited
 * neighbor advertisement for each IPv6 address (RFC 4861 §7.2.6). Whoever still has one of them under another MAC address
 * learns this one. Addresses that are still looked for duplicates of are left out.
 *
 * @param netns path of the network namespace; this thread's own when not given
 * @throws NetlinkError ENODEV when there is no such link, ENOENT when there is no such namespace, ENETDOWN when the link is
 * down, EPERM.
 */
export function announceLink(netns: string | undefined, link: string): void {
  const operation = `announce ${link}`;
  using rtnl = Rtnetlink.open(netns);
  const is = rtnl.link(link);
  if (is === undefined) throw new NetlinkError({ operation, errno: constants.errno.ENODEV });
  const known = rtnl.addresses(link).filter(({ tentative }) => !tentative);
  const frames = known.map(({ address }) => announcement(is.mac, address));
  const send = () => sendFrames(operation, is.index, frames);
  if (netns === undefined) send();
  else inNetns(netns, send);
}

/** Sends Ethernet frames out of the link with that index, in the network namespace of this thread. */
function sendFrames(operation: string, link: number, frames: readonly Buffer[]): void {
  // Protocol 0: nothing is received (packet(7)).
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
