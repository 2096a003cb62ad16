import type { Forgery } from './forgery.ts';
import type { Tag } from './frame.ts';
import { announcement, fromManagement } from './from-container.ts';
import type { FrameScene } from './scene.ts';

const UNALLOCATED = 3999;

const tagged = (tags: (vlans: FrameScene['vlans']) => readonly Tag[], isWarm = true): Forgery => ({
  ...fromManagement,
  isWarm,
  forged: (s, mark) => announcement(s, mark, tags(s.vlans)),
});

/** VID 0, then the VLAN of another tenant's container, to that tenant's VM on the same hypervisor. */
const aimed: Forgery = {
  ...fromManagement,
  reaches: (s) => [s.vmC],
  isWarm: true,
  ordinary: (s, mark) => announcement(s, mark, [], s.vmC.host.mac),
  forged: (s, mark) => announcement(s, mark, [0, s.vlans.otherTenant], s.vmC.host.mac),
};

/** Tags that no container may send. A cached flow of OVS must not let through what a first lookup drops. */
export const tags: readonly (readonly [string, Forgery])[] = [
  ['with its own VLAN', tagged(({ own }) => [own])],
  ['with the VLAN of another container of the VM', tagged(({ sibling }) => [sibling])],
  ['with the VLAN of a container in another VM', tagged(({ apart }) => [apart])],
  ["with the VLAN of another tenant's container", tagged(({ otherTenant }) => [otherTenant])],
  ['with a VLAN that no port has', tagged(() => [UNALLOCATED])],
  ['with VLAN 4095', tagged(() => [4095])],
  ['with VID 0 and a priority', tagged(() => [[0x8100, 0xe000]])],
  ['with VID 0 and priority 0', tagged(() => [0])],
  ['with a service tag', tagged(({ own }) => [[0x88a8, own]])],
  ['with a service tag of VID 0', tagged(() => [[0x88a8, 0]])],
  ["with VID 0 and another tenant's VLAN, before other frames", tagged((v) => [0, v.otherTenant], false)],
  ["with VID 0 and another tenant's VLAN, after ordinary frames", tagged((v) => [0, v.otherTenant])],
  ["with VID 0 and another tenant's VLAN, after ordinary frames to its VM", aimed],
  ['with VID 0 and a VLAN of another VM, after ordinary frames', tagged(({ apart }) => [0, apart])],
  ['with VID 0 twice', tagged(() => [0, 0])],
  ["with a service tag of VID 0 and another tenant's VLAN", tagged((v) => [[0x88a8, 0], v.otherTenant])],
  ["with VID 0 and another tenant's VLAN as a service tag", tagged((v) => [0, [0x88a8, v.otherTenant]])],
  ["with its own VLAN and another tenant's", tagged(({ own, otherTenant }) => [own, otherTenant])],
  ['with three tags', tagged(({ own, otherTenant }) => [0, own, otherTenant])],
  ['with VID 0 three times', tagged(() => [0, 0, 0])],
];
