import type { Forgery } from './forgery.ts';
import { BROADCAST, frame, type Tag } from './frame.ts';
import * as packets from './packets.ts';
import type { FrameScene } from './scene.ts';

/**
 * Frames that root of VM-A sends out of the VM's uplink, past the VM's switch: announcements of its container
 * on the management network, with its VLAN.
 */
const announcement = (s: FrameScene, mark: string, tags: readonly Tag[], source = s.onManagement.host.mac) =>
  frame(BROADCAST, source, packets.arpReply(s.onManagement.host, s.onManagement.host), mark, tags);

/** The same to the VM of another tenant, which has its own port on the management network too. */
const toOtherTenant = (s: FrameScene, mark: string, tags: readonly Tag[]) => {
  const { host } = s.onManagement;
  return frame(s.vmC.host.mac, host.mac, packets.arpReply(host, s.vmC.host), mark, tags);
};

const tagged = (tags: (vlans: FrameScene['vlans']) => readonly Tag[], isWarm = true): Forgery => ({
  from: (s) => s.uplink,
  ordinary: (s, mark) => announcement(s, mark, [s.vlans.own]),
  reaches: (s) => [s.vmA, s.vmB, s.vmC, s.managementNeighbour, s.machine],
  isWarm,
  forged: (s, mark) => announcement(s, mark, tags(s.vlans)),
});

const UNALLOCATED = 3999;

/** What OVN drops. */
export const dropped: readonly (readonly [string, Forgery])[] = [
  ['a VLAN that none of its ports has', tagged(() => [UNALLOCATED])],
  ['VLAN 4095', tagged(() => [4095])],
  ['VID 0', tagged(() => [0])],
  ["VID 0 and another tenant's VLAN", tagged(({ otherTenant }) => [0, otherTenant])],
  ["VID 0 and its container's VLAN", tagged(({ own }) => [0, own])],
  [
    "its container's VLAN and another tenant's, before other frames",
    tagged((v) => [v.own, v.otherTenant], false),
  ],
  ["a VLAN that none of its ports has, and another tenant's", tagged((v) => [UNALLOCATED, v.otherTenant])],
  ['three tags', tagged(({ own, otherTenant }) => [own, otherTenant, own])],
  [
    "its container's VLAN and a foreign source",
    { ...tagged(() => []), forged: (s, mark) => announcement(s, mark, [s.vlans.own], 'fa:16:3e:00:be:ef') },
  ],
  ['the VLAN of another of its containers', tagged(({ sibling }) => [sibling])],
];

/**
 * What OVN drops at the first lookup, but not afterwards: in the userspace datapath of OVS 3.1 to 4.0 a
 * cached flow for one tag also takes frames with a second one.
 */
export const hop: Forgery = {
  from: (s) => s.uplink,
  ordinary: (s, mark) => toOtherTenant(s, mark, [s.vlans.own]),
  reaches: (s) => [s.vmC],
  isWarm: true,
  forged: (s, mark) => toOtherTenant(s, mark, [s.vlans.own, s.vlans.otherTenant]),
};
