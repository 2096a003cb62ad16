import { openLab } from '@ovn-docker/lab';
import { Rtnetlink } from '@ovn-docker/netlink';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, foreignSources } from '../../support/frames/claims.ts';
import { arrivalsOf, expectDropped, expectKeptInVm } from '../../support/frames/forgery.ts';
import { BROADCAST, frame } from '../../support/frames/frame.ts';
import { dropped, hop } from '../../support/frames/from-root.ts';
import * as packets from '../../support/frames/packets.ts';
import { protocols } from '../../support/frames/protocols.ts';
import { type FrameScene, raiseFrameScene } from '../../support/frames/scene.ts';
import { fragments, services } from '../../support/frames/services.ts';
import { tags } from '../../support/frames/tags.ts';
import { LAB } from '../raise-lab.ts';

/**
 * Scenarios 38, 39 and 49 with real frames, sent as a container with Docker's default capabilities and as
 * root of a VM can send them. The VM's switch drops what no container may send, and OVN drops the rest. Each
 * row also sends an ordinary frame and sees it arrive. docs/security.md says who can send what.
 */
const lab = openLab(LAB);
/** Where the VM’s own socket listens. */
const PORT = 6767;
let scene: FrameScene;

beforeAll(async () => {
  scene = await raiseFrameScene(lab);
  await scene.settle(scene.mark());
});
afterAll(() => scene.end());

describe.each(tags)('a frame of a container %s', (_, forgery) => {
  it('scenario 38, scenario 49: a tagged frame of a container does not leave its VM', () =>
    expectKeptInVm(scene, forgery));
});

describe.each(foreignSources)('a frame of a container from a MAC address %s', (_, forgery) => {
  it('scenario 38: a frame with a foreign source does not leave its VM', () =>
    expectKeptInVm(scene, forgery));
});

describe.each(services)('%s of a container', (_, forgery) => {
  it('scenario 38, scenario 49: what only routers and DHCP servers send does not leave the VM of a container', () =>
    expectKeptInVm(scene, forgery));
});

describe.each(protocols)('%s of a container', (_, forgery) => {
  it('scenario 38: a frame of another protocol than IP and ARP does not leave the VM of its container', () =>
    expectKeptInVm(scene, forgery));
});

describe.each(claims)('a frame of a container %s', (_, forgery) => {
  it('scenario 38: no receiver gets a frame with an address that its container does not have', () =>
    expectDropped(scene, forgery));
});

it('scenario 38: no router advertisement in fragments becomes a route of the neighbours', async () => {
  for (const isHidden of [false, true])
    for (const bytes of fragments(scene, scene.mark(), isHidden)) scene.onOverlay.send(bytes);
  await scene.settle(scene.mark());
  for (const { netns } of [scene.neighbour, scene.distantNeighbour]) {
    using rtnl = Rtnetlink.open(netns);
    expect(rtnl.routes().map(({ via }) => via)).not.toContain(scene.onOverlay.linkLocal);
  }
});

it('scenario 38: a broadcast from 0.0.0.0 reaches no socket of the VM', async () => {
  const sent = scene.mark();
  const packet = packets.udp4('0.0.0.0', '255.255.255.255', [68, PORT], Buffer.from(sent));
  const { host } = scene.onManagement;
  const listener = await scene.listenInVm(PORT);
  try {
    for (let copy = 0; copy < 6; copy++) scene.onManagement.send(frame(BROADCAST, host.mac, packet, ''));
    await scene.settle(scene.mark());
    expect(await listener.heard()).not.toContain(sent);
  } finally {
    await listener.end();
  }
});

describe.each(dropped)('a frame of root of a VM with %s', (_, forgery) => {
  it('scenario 39: no receiver gets a frame that root of a VM sends past its switch with wrong tags', () =>
    expectDropped(scene, forgery));
});

// OVN drops these frames at the first lookup. Afterwards a cached flow of OVS's userspace datapath lets them
// through, which nothing in a VM can prevent: docs/security.md.
it('scenario 39: with two tags after ordinary frames, root of a VM reaches a container of another tenant on its hypervisor', async () => {
  const arrivals = await arrivalsOf(scene, hop);
  expect(arrivals).toMatchObject({ [scene.otherTenant.name]: expect.any(Number) });
});
