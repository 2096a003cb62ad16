import { expect, it } from 'vitest';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { booksOf, restart, type World } from '../../test/support/world.ts';
import { driftsNow } from '../nics/look-at.ts';
import { interfaceNames } from '../nics/names.ts';
import { type PluggedNic, requirePlugged } from '../nics/nic.ts';
import { acquire } from './acquire.ts';
import { finish } from './finish.ts';

const nicsOf = ({ engine }: World) => engine.nics.all().map(requirePlugged);
const takeDown = ({ links }: World, { vlan }: PluggedNic) =>
  links.setLink(interfaceNames(vlan).vmEnd, { up: false });

it('scenario 46: a container gets no warm NIC that is not healthy: the next one, or the same one repaired', async () => {
  const world = await createWarmWorld(2);
  const [first, second] = nicsOf(world) as [PluggedNic, PluggedNic];
  takeDown(world, first);
  expect(await claimOne(world, 'a')).toBe(second);
  const nic = await claimOne(world, 'b');
  expect([nic, driftsNow(nic, world.vm)]).toEqual([first, []]);
  expect(world.neutron.calls).toEqual([]);
});

it('scenario 46: a warm NIC whose pair has the label of a former container loses it before it is used', async () => {
  const world = await createWarmWorld(1);
  const [nic] = nicsOf(world) as [PluggedNic];
  const { vmEnd } = interfaceNames(nic.vlan);
  const alias = world.links.link(vmEnd)?.alias;
  world.links.setLink(vmEnd, { alias: `${alias} former` });
  const { pool, engine } = world;
  // A container of the driver has no label.
  expect(await acquire(engine, { pool, wants: { name: '' }, claim: { endpointId: 'e' } })).toBe(nic);
  expect(world.links.link(vmEnd)?.alias).toBe(alias);
});

it('scenario 46: a warm NIC that cannot be repaired is deleted, and the container gets a new one', async () => {
  const world = await createWarmWorld(1);
  const [broken] = nicsOf(world) as [PluggedNic];
  world.links.deleteLink(interfaceNames(broken.vlan).vmEnd);
  world.vmSwitch.failure = new Error('the switch refuses');
  const nic = await claimOne(world);
  expect(nic).not.toBe(broken);
  expect(driftsNow(nic, world.vm)).toEqual([]);
  expect(world.engine.nics.all()).toEqual([nic]);
});

it('scenario 46: a NIC that a container returns is healthy before it is warm', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  takeDown(world, nic);
  await finish(world.engine, nic);
  await world.pool.whenMade();
  expect([nic.state, driftsNow(nic, world.vm)]).toEqual(['warm', []]);
  expect(world.books()).toEqual(booksOf(1));
});

it('scenario 46: an agent that died before it brought the VM’s end up: the next one does not take the NIC as warm', async () => {
  const world = await createWarmWorld(2);
  const [down, healthy] = nicsOf(world) as [PluggedNic, PluggedNic];
  takeDown(world, down);
  const next = await restart(world);
  const states = next.engine.nics.all().map(({ id, state }) => [id, state]);
  expect(states).toEqual([
    [down.id, 'making'],
    [healthy.id, 'warm'],
  ]);
});
