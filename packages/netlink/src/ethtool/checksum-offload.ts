import { readU32, writeU32, writeU64 } from '../codec/host-order.ts';
import { checkedLinkName } from '../link/name.ts';
import { addressOf, checked, libc } from '../socket/libc.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';

const SIOCETHTOOL = 0x8946; // linux/sockios.h
// linux/ethtool.h
const ETHTOOL_GTXCSUM = 0x16;
const ETHTOOL_STXCSUM = 0x17;

/** struct ifreq (netdevice(7)): a name of 16 bytes and a union of 24 bytes, here a pointer. */
const IFREQ_LENGTH = 40;
const IFREQ_DATA = 16;

/**
 * Switches the offload of transmit checksums, like `ethtool -K LINK tx on|off` (ethtool(8)). When it is off,
 * every frame leaves with a valid checksum, which programs that read frames in userspace need (Open vSwitch's
 * netdev datapath).
 *
 * @throws NetlinkError ENODEV when the link does not exist, EOPNOTSUPP when it has no such setting, EPERM.
 */
export function setChecksumOffload(socket: NetlinkSocket, link: string, transmit: boolean): void {
  call(socket, `set checksum offload of ${link}`, link, ETHTOOL_STXCSUM, transmit ? 1 : 0);
}

/**
 * Whether the kernel leaves transmit checksums to the hardware. A veth has no hardware, so its frames then
 * have no valid checksums.
 *
 * @throws NetlinkError ENODEV when the link does not exist.
 */
export const getChecksumOffload = (socket: NetlinkSocket, link: string): boolean =>
  call(socket, `get checksum offload of ${link}`, link, ETHTOOL_GTXCSUM, 0) !== 0;

/**
 * Calls SIOCETHTOOL with a struct ethtool_value. Any socket can be used, also a netlink socket
 * (netdevice(7)).
 */
function call(
  socket: NetlinkSocket,
  operation: string,
  link: string,
  command: number,
  value: number,
): number {
  // One buffer contains struct ifreq and the struct ethtool_value that it points to, so that both live
  // equally long.
  const bytes = Buffer.alloc(IFREQ_LENGTH + 8);
  bytes.write(checkedLinkName(link), 'utf8');
  writeU64(bytes, addressOf(bytes) + BigInt(IFREQ_LENGTH), IFREQ_DATA);
  writeU32(bytes, command, IFREQ_LENGTH);
  writeU32(bytes, value, IFREQ_LENGTH + 4);
  checked(operation, libc.ioctl(socket.fd(operation), SIOCETHTOOL, bytes));
  return readU32(bytes, IFREQ_LENGTH + 4);
}
