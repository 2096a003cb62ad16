import { expect, it } from 'vitest';
import { claimOne } from '../../test/support/warm-world.ts';
import { booksOf, createWorld } from '../../test/support/world.ts';
import { fillPool } from '../pools/fill-pool.ts';
import type { ParentMode } from './parent-link/parent-mode.ts';
import { requireMtu } from './require-mtu.ts';

const linkOf = (uplinkMtu: number, parentMtu?: number) => ({
  uplink: 'eth0',
  parentMtu,
  netlink: { link: () => ({ mtu: uplinkMtu }) as never },
});
const check = (mtu: number | undefined, link = linkOf(1500, 1500), versions: (4 | 6)[] = [4]) =>
  requireMtu(
    {
      network: { name: 'net', ...(mtu === undefined ? {} : { mtu }) } as never,
      subnets: versions.map((ip_version) => ({ ip_version })),
    },
    link,
  );

it.each([
  [undefined, linkOf(1500, 1500)],
  [1500, linkOf(1500, 1500)],
  [1442, linkOf(1500)],
  [68, linkOf(1500, 1500)],
])('MTU %s fits', (mtu, link) => {
  expect(() => check(mtu, link)).not.toThrow();
});

it.each([
  [1501, linkOf(1500, 9000), 'the uplink eth0 of this VM only 1500'],
  [1501, linkOf(9000, 1500), "the VM's own port only 1500"],
  [9000, linkOf(1500), 'the uplink eth0 of this VM only 1500'],
])('MTU %s is refused with E_MTU', (mtu, link, message) => {
  expect(() => check(mtu, link)).toThrowError(
    expect.objectContaining({ code: 'E_MTU', message: expect.stringContaining(message) }),
  );
});

it('a network with IPv6 needs an MTU of 1280', () => {
  expect(() => check(1280, linkOf(1500), [4, 6])).not.toThrow();
  expect(() => check(1279, linkOf(1500), [4, 6])).toThrowError(expect.objectContaining({ code: 'E_MTU' }));
});

it.each<ParentMode>(['trunk', 'port-binding'])(
  'in mode %s no NIC is made on a network whose MTU is larger than the uplink’s, and nothing is left',
  async (mode) => {
    const world = createWorld({ mode });
    world.links.byName.set('eth0', { index: 2, name: 'eth0', mac: '', up: true, mtu: 1400 });
    await expect(claimOne(world)).rejects.toMatchObject({ code: 'E_MTU' });
    await expect(fillPool(world.engine, world.pool, 2)).rejects.toMatchObject({ code: 'E_MTU' });
    world.links.byName.delete('eth0');
    expect([world.neutron.calls.includes('ports.create'), world.books()]).toEqual([false, booksOf(0)]);
  },
);
