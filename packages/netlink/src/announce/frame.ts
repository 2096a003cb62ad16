import { parseIp } from '../address/ip.ts';
import { parseMac } from '../codec/mac.ts';
import { arpRequest, neighborFrame } from '../codec/neighbor-frames.ts';

const ALL_NODES = parseIp('ff02::1').bytes;

/**
 * The Ethernet frame that announces the MAC address of an IP address to all neighbours on the link.
 *
 * @throws NetlinkError EINVAL when one of the addresses is not valid.
 */
export function announcement(mac: string, address: string): Buffer {
  const { family, bytes } = parseIp(address);
  const own = parseMac(mac);
  // RFC 5227 §2.3: an ARP request whose sender and target are the same address.
  return family === 4 ? arpRequest(own, bytes, bytes) : neighborAdvertisement(own, bytes);
}

/** RFC 4861 §7.2.6: unsolicited, with the Override flag, to all nodes. */
function neighborAdvertisement(mac: Buffer, ip: Buffer): Buffer {
  const OVERRIDE = 0x20;
  const TARGET_LINK_LAYER_ADDRESS = 2;
  const message = { type: 136, flags: OVERRIDE, target: ip, option: TARGET_LINK_LAYER_ADDRESS };
  return neighborFrame(message, mac, ip, ALL_NODES);
}
