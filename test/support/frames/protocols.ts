import { words } from './bytes.ts';
import type { Forgery } from './forgery.ts';
import { BROADCAST, frame } from './frame.ts';
import { fromManagement } from './from-container.ts';

const protocol = (destination: string, ...contents: readonly Buffer[]): Forgery => ({
  ...fromManagement,
  forged: (s, mark) => frame(destination, s.onManagement.host.mac, Buffer.concat(contents), mark),
});
const PADDING = Buffer.alloc(40);
/** IEEE 802.2 with a configuration BPDU of IEEE 802.1D, cut after its first fields. */
const BPDU = Buffer.concat([words(38), Buffer.from('424203000000000000000000', 'hex'), Buffer.alloc(28)]);
const LLDP = Buffer.from('0207040001020304050403010203060200780000', 'hex');

/** What switches and other equipment say to each other, and other protocols than IP and ARP. */
export const protocols: readonly (readonly [string, Forgery])[] = [
  ['a spanning tree BPDU', protocol('01:80:c2:00:00:00', BPDU)],
  ["a BPDU of Cisco's PVST+", protocol('01:00:0c:cc:cc:cd', BPDU)],
  ['LLDP', protocol('01:80:c2:00:00:0e', words(0x88cc), LLDP)],
  ['a PAUSE frame', protocol('01:80:c2:00:00:01', words(0x8808, 1, 0xffff), PADDING)],
  ['802.1X (EAPOL)', protocol('01:80:c2:00:00:03', words(0x888e, 0x0201, 0), PADDING)],
  ['a tag of the old type 9100', protocol(BROADCAST, words(0x9100, 1, 0x88b5), PADDING)],
  ['MPLS', protocol(BROADCAST, words(0x8847, 0x0001, 0x0140), PADDING)],
  ['PPPoE discovery', protocol(BROADCAST, words(0x8863, 0x1109, 0, 4, 0x0101, 0), PADDING)],
  ['a PPPoE session', protocol(BROADCAST, words(0x8864, 0x1100, 1, 2, 0x0021), PADDING)],
  ['an unknown type', protocol(BROADCAST, words(0x88b5), PADDING)],
];
