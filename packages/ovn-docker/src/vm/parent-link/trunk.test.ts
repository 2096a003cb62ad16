import type { SubPort } from '@ovn-docker/openstack';
import { beforeEach, expect, it } from 'vitest';
import { FakeNeutron, lost, refusal } from '../../../test/support/fake-neutron.ts';
import { Trunk } from './trunk.ts';

let neutron: FakeNeutron;
let trunk: Trunk;
beforeEach(() => {
  neutron = new FakeNeutron();
  trunk = new Trunk(neutron.client, 'vif-1');
});

const subport = (vlan: number): SubPort => ({
  port_id: `port-${vlan}`,
  segmentation_type: 'vlan',
  segmentation_id: vlan,
});
const vlans = () => [...neutron.subports.values()].map(({ segmentation_id }) => segmentation_id);
const changes = () => neutron.calls.filter((call) => call.endsWith('Subports'));

it('what waits while a call is under way goes in one call', async () => {
  const held = neutron.hold('trunks.addSubports');
  const first = trunk.add([subport(1)]);
  await held.arrived;
  const rest = Promise.all([2, 3, 4].map((vlan) => trunk.add([subport(vlan)])));
  held.open();
  await Promise.all([first, rest]);
  expect([vlans(), changes().length]).toEqual([[1, 2, 3, 4], 2]);
});

it('keeps the order of adding and removing one port', async () => {
  const held = neutron.hold('trunks.addSubports');
  const all = [trunk.add([subport(1)]), trunk.remove([subport(1)]), trunk.add([subport(1)])];
  await held.arrived;
  held.open();
  await Promise.all(all);
  expect(vlans()).toEqual([1]);
});

it('3. one that is refused does not fail the others: DuplicateSubPort is of the one alone', async () => {
  neutron.subports.set('foreign', { ...subport(2), port_id: 'foreign' });
  const held = neutron.hold('trunks.addSubports');
  const first = trunk.add([subport(1)]);
  await held.arrived;
  const [second, third] = [trunk.add([subport(2)]), trunk.add([subport(3)])];
  const refused = expect(second).rejects.toMatchObject({ status: 409, type: 'DuplicateSubPort' });
  held.open();
  await Promise.all([first, third, refused]);
  expect(vlans()).toEqual([2, 1, 3]);
});

it('what is there already is fine; what is missing of the batch is added', async () => {
  await trunk.add([subport(1)]);
  await trunk.add([subport(1), subport(2)]);
  expect(vlans()).toEqual([1, 2]);
});

it('8. a port that is a subport under another VLAN is refused', async () => {
  await trunk.add([subport(1)]);
  const again = { ...subport(1), segmentation_id: 9 };
  await expect(trunk.add([again])).rejects.toMatchObject({ type: 'TrunkPortInUse' });
  expect(vlans()).toEqual([1]);
});

it('14. a reading while a change is under way: what is not of the change stays known', async () => {
  await trunk.add([subport(1)]);
  const held = neutron.hold('trunks.addSubports');
  const adding = trunk.add([subport(2)]);
  await held.arrived;
  await trunk.subports();
  neutron.away = lost('not-sent');
  await trunk.add([subport(1)]);
  neutron.away = undefined;
  held.open();
  await adding;
  const before = neutron.calls.length;
  await trunk.add([subport(1), subport(2)]);
  expect(neutron.calls.length).toBe(before);
});

it('a change that ends while the trunk is read: the change is believed, not the reading', async () => {
  await trunk.add([subport(1)]);
  const [reading, changing] = [neutron.hold('trunks.all'), neutron.hold('trunks.removeSubports')];
  const removing = trunk.remove([subport(1)]);
  await changing.arrived;
  const read = trunk.subports();
  await reading.arrived;
  changing.open();
  await removing;
  // As if it had been read before.
  neutron.subports.set('port-1', subport(1));
  reading.open();
  await read;
  neutron.subports.clear();
  await trunk.add([subport(1)]);
  expect(vlans()).toEqual([1]);
});

it('a subport that somebody took away is not known any more', async () => {
  await trunk.add([subport(1)]);
  neutron.subports.clear();
  await trunk.subports();
  await trunk.add([subport(1)]);
  expect(vlans()).toEqual([1]);
});

it('the answer to the making of the trunk was lost: it is found, and the port added', async () => {
  neutron.trunkId = undefined;
  neutron.fail('trunks.create', lost(), { isCarriedOut: true });
  await trunk.add([subport(1)]);
  expect([vlans(), neutron.calls.filter((call) => call === 'trunks.create')]).toEqual([
    [1],
    ['trunks.create'],
  ]);
});

it('somebody makes the trunk at the same moment: theirs is used', async () => {
  neutron.trunkId = undefined;
  neutron.fail('trunks.create', refusal(409, 'ParentPortInUse'), { isCarriedOut: true });
  await trunk.add([subport(1)]);
  expect(vlans()).toEqual([1]);
});

it('what was not carried out is asked for again, but not for ever', async () => {
  neutron.fail('trunks.addSubports', refusal(503, ''));
  neutron.fail('trunks.addSubports', lost());
  await trunk.add([subport(1)]);
  expect([vlans(), changes().length]).toEqual([[1], 3]);
  for (let count = 0; count < 3; count++) neutron.fail('trunks.addSubports', refusal(500, ''));
  await expect(trunk.add([subport(2)])).rejects.toMatchObject({ status: 500 });
  expect(changes()).toHaveLength(6);
});

it('an answer that was lost: looked up, not asked for again', async () => {
  neutron.fail('trunks.addSubports', lost(), { isCarriedOut: true });
  await trunk.add([subport(1), subport(2)]);
  neutron.fail('trunks.removeSubports', lost(), { isCarriedOut: true });
  await trunk.remove([subport(1)]);
  expect([vlans(), changes().length]).toEqual([[2], 2]);
});

it.each([
  ['nobody answers', lost('not-sent'), 'no answer'],
  ['a proxy answers for a Neutron that is down', refusal(503, ''), '503'],
])('when %s, all that wait are told at once', async (_who, away, words) => {
  await trunk.add([subport(1)]);
  const held = neutron.hold('trunks.addSubports');
  const first = trunk.add([subport(2)]);
  await held.arrived;
  const before = neutron.calls.length;
  const others = [3, 4, 5].map((vlan) => trunk.add([subport(vlan)]));
  const told = Promise.all([first, ...others].map((work) => expect(work).rejects.toThrow(words)));
  neutron.away = away;
  held.open();
  await told;
  expect(neutron.calls.slice(before).filter((call) => call === 'trunks.addSubports')).toHaveLength(1);
});

it('10. remove: one that is gone already does not keep the others', async () => {
  await trunk.add([subport(1), subport(2), subport(3)]);
  neutron.subports.delete('port-2');
  await trunk.remove([subport(1), subport(2), subport(3)]);
  expect(vlans()).toEqual([]);
  await trunk.remove([subport(1)]);
});

it("6. the trunk was deleted: adding makes it anew, removing has nothing to do, and another's is left alone", async () => {
  await trunk.add([subport(1)]);
  neutron.trunkId = undefined;
  neutron.subports.clear();
  await trunk.remove([subport(1)]);
  expect(neutron.trunkId).toBeUndefined();
  await trunk.add([subport(1)]);
  expect([vlans(), neutron.trunkId !== undefined]).toEqual([[1], true]);
});

it('8. a disabled trunk is told as it is', async () => {
  neutron.fail('trunks.addSubports', refusal(409, 'TrunkDisabled'));
  await expect(trunk.add([subport(1)])).rejects.toMatchObject({ type: 'TrunkDisabled' });
  await trunk.add([subport(1)]);
  neutron.fail('trunks.removeSubports', refusal(409, 'TrunkDisabled'));
  await expect(trunk.remove([subport(1)])).rejects.toMatchObject({ type: 'TrunkDisabled' });
  expect(vlans()).toEqual([1]);
});
