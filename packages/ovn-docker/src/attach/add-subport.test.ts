import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { booksOf, createWorld, VIF } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { enter } from '../lifecycle/enter.ts';
import { release } from '../lifecycle/release.ts';
import { interfaceNames } from '../nics/names.ts';
import { ParentLinks } from '../vm/parent-link/parent-links.ts';
import type { ParentMode } from '../vm/parent-link/parent-mode.ts';
import { attach } from './attach.ts';

const NOTHING = booksOf(0);

/** A container's NIC that an agent in one mode has made, and an agent in another mode that has found it. */
async function foundInMode(mode: ParentMode, next: ParentMode) {
  const world = createWorld({ mode });
  const nic = await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label: 'a' } });
  const port = world.neutron.ports.get(nic.port?.id ?? '');
  if (port) nic.port = port;
  Object.assign(world.vm, {
    parentLinks: new ParentLinks(world.neutron.client, { vifId: VIF, mode: next }),
  });
  return { ...world, nic };
}

it.each<[ParentMode, ParentMode]>([
  ['port-binding', 'trunk'],
  ['trunk', 'port-binding'],
])(
  'a NIC made in mode %s stays connected, and is deleted completely, under an agent in mode %s',
  async (made, next) => {
    const { nic, vm, engine, books } = await foundInMode(made, next);
    const before = books();
    await attach([nic], vm, 'plug port', 'enter container');
    expect(books()).toEqual(before);
    await release(engine, nic);
    expect(books()).toEqual(NOTHING);
  },
);

it('a running container keeps its interface when Neutron cannot change the trunk', async () => {
  const { nic, vm, links, neutron, books } = await foundInMode('trunk', 'trunk');
  const { containerEnd } = interfaceNames(nic.vlan ?? 0);
  // The container's end is in the container.
  links.byName.delete(containerEnd);
  neutron.away = refusal(503, 'ServiceUnavailable');
  Object.assign(vm, { parentLinks: new ParentLinks(neutron.client, { vifId: VIF, mode: 'trunk' }) });
  const before = books();
  await expect(enter(nic, vm, { containerId: 'c', pid: 1 })).rejects.toThrow();
  expect(books()).toEqual(before);
});
