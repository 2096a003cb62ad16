import { readI32, readU16, readU32, writeU32, writeU64 } from '../codec/host-order.ts';
import { errnoOf, NetlinkError } from '../errors.ts';
import { addressOf, lastErrno, libc, MSG_DONTWAIT, MSG_TRUNC } from '../socket/libc.ts';

/** A frame that passed a link. */
export interface ReceivedFrame {
  /** From the destination address to the last byte of the payload, with all of its VLAN tags. */
  readonly bytes: Buffer;
  /** Whether the link sent the frame; else it received it. */
  readonly isSent: boolean;
}

/** A frame of the largest MTU of Ethernet links, with room for its header and tags. */
const FRAME_LENGTH = 65_536 + 64;
const ADDRESSES_LENGTH = 12;

/** struct sockaddr_ll (packet(7)): the type of the packet, and its value for sent frames. */
const SOCKADDR_LL_LENGTH = 20;
const SLL_PKTTYPE = 10;
const PACKET_OUTGOING = 4;

/** struct msghdr and struct iovec of recvmsg(2) on 64-bit machines; Node 24 supports no others. */
const MSGHDR_LENGTH = 56;
const MSGHDR = { name: 0, nameLength: 8, iov: 16, iovLength: 24, control: 32, controlLength: 40 };
const IOVEC_LENGTH = 16;

/** struct cmsghdr (cmsg(3)) and struct tpacket_auxdata (packet(7)). */
const CMSG = { level: 8, type: 12, data: 16 };
const CONTROL_LENGTH = 64;
const SOL_PACKET = 263;
const PACKET_AUXDATA = 8;
const AUXDATA = { status: 0, vlanTci: 16, vlanTpid: 18 };
const TP_STATUS_VLAN_VALID = 0x10;
const TP_STATUS_VLAN_TPID_VALID = 0x40;
const ETHERTYPE_8021Q = 0x8100;

const frame = Buffer.alloc(FRAME_LENGTH);
const sender = Buffer.alloc(SOCKADDR_LL_LENGTH);
const control = Buffer.alloc(CONTROL_LENGTH);
const part = Buffer.alloc(IOVEC_LENGTH);
writeU64(part, addressOf(frame), 0);
writeU64(part, BigInt(frame.length), 8);

/**
 * Receives the next frame from a packet socket with PACKET_AUXDATA; undefined when there is none. The kernel
 * takes the outermost VLAN tag out of the frame; it is put back.
 */
export function receiveFrame(operation: string, fd: number): ReceivedFrame | undefined {
  const message = Buffer.alloc(MSGHDR_LENGTH);
  writeU64(message, addressOf(sender), MSGHDR.name);
  writeU32(message, sender.length, MSGHDR.nameLength);
  writeU64(message, addressOf(part), MSGHDR.iov);
  writeU64(message, 1n, MSGHDR.iovLength);
  writeU64(message, addressOf(control), MSGHDR.control);
  writeU64(message, BigInt(control.length), MSGHDR.controlLength);
  control.fill(0);
  const length = libc.recvmsg(fd, message, MSG_DONTWAIT | MSG_TRUNC);
  if (length === -1) {
    const errno = lastErrno();
    if (errno === errnoOf('EAGAIN')) return undefined;
    throw new NetlinkError({ operation, errno });
  }
  const received = frame.subarray(0, Math.min(length, frame.length));
  const bytes = withTag(received, takenTag());
  return { bytes, isSent: sender[SLL_PKTTYPE] === PACKET_OUTGOING };
}

/** The tag that the kernel took out of the frame, as its four bytes on the wire; empty when it took none. */
function takenTag(): Buffer {
  const isAuxdata =
    readI32(control, CMSG.level) === SOL_PACKET && readI32(control, CMSG.type) === PACKET_AUXDATA;
  const auxdata = control.subarray(CMSG.data);
  const status = readU32(auxdata, AUXDATA.status);
  if (!isAuxdata || !(status & TP_STATUS_VLAN_VALID)) return Buffer.alloc(0);
  const tag = Buffer.alloc(4);
  tag.writeUInt16BE(
    status & TP_STATUS_VLAN_TPID_VALID ? readU16(auxdata, AUXDATA.vlanTpid) : ETHERTYPE_8021Q,
    0,
  );
  tag.writeUInt16BE(readU16(auxdata, AUXDATA.vlanTci), 2);
  return tag;
}

const withTag = (bytes: Buffer, tag: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, ADDRESSES_LENGTH), tag, bytes.subarray(ADDRESSES_LENGTH)]);
