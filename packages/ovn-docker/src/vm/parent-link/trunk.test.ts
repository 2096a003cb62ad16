import type { SubPort } from '@ovn-docker/openstack';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeNeutron, lost, refusal } from '../../../test/support/fake-neutron.ts';
import { explained } from '../../clients/neutron/refusals.ts';
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

it('changes that wait during a call share the next call', async () => {
  const call = neutron.hold('trunks.addSubports');
  const first = trunk.add([subport(1)]);
  await call.arrived;
  const rest = Promise.all([2, 3, 4].map((vlan) => trunk.add([subport(vlan)])));
  call.open();
  await Promise.all([first, rest]);
  expect([vlans(), changes().length]).toEqual([[1, 2, 3, 4], 2]);
});

it('keeps the order in which one port is added and removed', async () => {
  const call = neutron.hold('trunks.addSubports');
  const changing = [trunk.add([subport(1)]), trunk.remove([subport(1)]), trunk.add([subport(1)])];
  await call.arrived;
  call.open();
  await Promise.all(changing);
  expect(vlans()).toEqual([1]);
});

it('scenario 3: DuplicateSubPort fails only the change that caused it', async () => {
  neutron.subports.set('foreign', { ...subport(2), port_id: 'foreign' });
  const call = neutron.hold('trunks.addSubports');
  const first = trunk.add([subport(1)]);
  await call.arrived;
  const [second, third] = [trunk.add([subport(2)]), trunk.add([subport(3)])];
  const refused = expect(second).rejects.toMatchObject({ status: 409, type: 'DuplicateSubPort' });
  call.open();
  await Promise.all([first, third, refused]);
  expect(vlans()).toEqual([2, 1, 3]);
});

it('ports that are subports already are no error; the missing ones of the batch are added', async () => {
  await trunk.add([subport(1)]);
  await trunk.add([subport(1), subport(2)]);
  expect(vlans()).toEqual([1, 2]);
});

it('scenario 8: a port that is a subport under another VLAN is refused', async () => {
  await trunk.add([subport(1)]);
  const again = { ...subport(1), segmentation_id: 9 };
  await expect(trunk.add([again])).rejects.toMatchObject({ type: 'TrunkPortInUse' });
  expect(vlans()).toEqual([1]);
});

it('scenario 14: a read during a change keeps what is known of the other ports', async () => {
  await trunk.add([subport(1)]);
  const call = neutron.hold('trunks.addSubports');
  const adding = trunk.add([subport(2)]);
  await call.arrived;
  await trunk.subports();
  neutron.away = lost('not-sent');
  await trunk.add([subport(1)]);
  neutron.away = undefined;
  call.open();
  await adding;
  const before = neutron.calls.length;
  await trunk.add([subport(1), subport(2)]);
  expect(neutron.calls.length).toBe(before);
});

it('a change that ends during a read wins over what the read returns', async () => {
  await trunk.add([subport(1)]);
  const [readCall, removeCall] = [neutron.hold('trunks.all'), neutron.hold('trunks.removeSubports')];
  const removing = trunk.remove([subport(1)]);
  await removeCall.arrived;
  const reading = trunk.subports();
  await readCall.arrived;
  removeCall.open();
  await removing;
  // As if Neutron had read the trunk before the change.
  neutron.subports.set('port-1', subport(1));
  readCall.open();
  await reading;
  neutron.subports.clear();
  await trunk.add([subport(1)]);
  expect(vlans()).toEqual([1]);
});

it('a subport that another program removed is added again after a read', async () => {
  await trunk.add([subport(1)]);
  neutron.subports.clear();
  await trunk.subports();
  await trunk.add([subport(1)]);
  expect(vlans()).toEqual([1]);
});

it('if the answer to creating the trunk is lost, the trunk is found and the port added', async () => {
  neutron.trunkId = undefined;
  neutron.fail('trunks.create', lost(), { isCarriedOut: true });
  await trunk.add([subport(1)]);
  expect([vlans(), neutron.calls.filter((call) => call === 'trunks.create')]).toEqual([
    [1],
    ['trunks.create'],
  ]);
});

it('if another program creates the trunk at the same moment, that trunk is used', async () => {
  neutron.trunkId = undefined;
  neutron.fail('trunks.create', refusal(409, 'ParentPortInUse'), { isCarriedOut: true });
  await trunk.add([subport(1)]);
  expect(vlans()).toEqual([1]);
});

it('a request that Neutron did not carry out is repeated, but at most twice', async () => {
  neutron.fail('trunks.addSubports', refusal(503, ''));
  neutron.fail('trunks.addSubports', lost());
  await trunk.add([subport(1)]);
  expect([vlans(), changes().length]).toEqual([[1], 3]);
  for (let count = 0; count < 3; count++) neutron.fail('trunks.addSubports', refusal(500, ''));
  await expect(trunk.add([subport(2)])).rejects.toMatchObject({ status: 500 });
  expect(changes()).toHaveLength(6);
});

it('if an answer is lost, the trunk is read and the request not repeated', async () => {
  neutron.fail('trunks.addSubports', lost(), { isCarriedOut: true });
  await trunk.add([subport(1), subport(2)]);
  neutron.fail('trunks.removeSubports', lost(), { isCarriedOut: true });
  await trunk.remove([subport(1)]);
  expect([vlans(), changes().length]).toEqual([[2], 2]);
});

it.each([
  ['Neutron does not answer', lost('not-sent'), 'no answer'],
  ['a proxy answers for a Neutron that is down', refusal(503, ''), '503'],
])('when %s, all waiting changes fail at once', async (_reason, away, words) => {
  await trunk.add([subport(1)]);
  const call = neutron.hold('trunks.addSubports');
  const first = trunk.add([subport(2)]);
  await call.arrived;
  const before = neutron.calls.length;
  const others = [3, 4, 5].map((vlan) => trunk.add([subport(vlan)]));
  const rejected = Promise.all([first, ...others].map((work) => expect(work).rejects.toThrow(words)));
  neutron.away = away;
  call.open();
  await rejected;
  expect(neutron.calls.slice(before).filter((name) => name === 'trunks.addSubports')).toHaveLength(1);
});

it('scenario 10: a port that is no subport any more does not stop the removal of the others', async () => {
  await trunk.add([subport(1), subport(2), subport(3)]);
  neutron.subports.delete('port-2');
  await trunk.remove([subport(1), subport(2), subport(3)]);
  expect(vlans()).toEqual([]);
  await trunk.remove([subport(1)]);
});

it('scenario 6: the trunk was deleted: adding creates a new one, removing changes nothing', async () => {
  await trunk.add([subport(1)]);
  neutron.trunkId = undefined;
  neutron.subports.clear();
  await trunk.remove([subport(1)]);
  expect(neutron.trunkId).toBeUndefined();
  await trunk.add([subport(1)]);
  expect([vlans(), neutron.trunkId !== undefined]).toEqual([[1], true]);
});

it('scenario 8: a disabled trunk fails the change with TrunkDisabled', async () => {
  neutron.fail('trunks.addSubports', refusal(409, 'TrunkDisabled'));
  await expect(trunk.add([subport(1)])).rejects.toMatchObject({ type: 'TrunkDisabled' });
  await trunk.add([subport(1)]);
  neutron.fail('trunks.removeSubports', refusal(409, 'TrunkDisabled'));
  await expect(trunk.remove([subport(1)])).rejects.toMatchObject({ type: 'TrunkDisabled' });
  expect(vlans()).toEqual([1]);
});

describe('scenario 51: a cloud that makes no trunk on the port of a running VM', () => {
  const refuse = () => neutron.fail('trunks.create', refusal(409, 'ParentPortInUse'));

  it('adding fails with the error for the user, once for all waiting changes', async () => {
    neutron.trunkId = undefined;
    const call = neutron.hold('trunks.all');
    const first = trunk.add([subport(1)]);
    await call.arrived;
    const others = [2, 3, 4].map((vlan) => trunk.add([subport(vlan)]));
    for (let times = 0; times < 2; times++) refuse();
    const rejected = [first, ...others].map((work) =>
      expect(explained(work)).rejects.toMatchObject({ code: 'E_TRUNK_REFUSED' }),
    );
    call.open();
    await Promise.all(rejected);
    expect(neutron.calls.filter((name) => name === 'trunks.create')).toHaveLength(2);
  });

  it('a trunk that was created beforehand carries subports', async () => {
    refuse();
    await trunk.add([subport(1)]);
    expect([vlans(), neutron.calls.includes('trunks.create')]).toEqual([[1], false]);
  });

  it('a trunk that another program creates at the same moment is used', async () => {
    neutron.trunkId = undefined;
    neutron.fail('trunks.create', refusal(409, 'ParentPortInUse'), { isCarriedOut: true });
    expect(await trunk.ensure()).toBe(neutron.trunkId);
  });

  it('a trunk that was deleted while containers run cannot be replaced, and the error says so', async () => {
    await trunk.add([subport(1)]);
    neutron.trunkId = undefined;
    neutron.subports.clear();
    refuse();
    await expect(explained(trunk.addAgain(subport(1)))).rejects.toMatchObject({
      code: 'E_TRUNK_REFUSED',
      hint: expect.stringContaining('docs/trunk.md'),
    });
  });

  it('a VM whose own port is a subport gets a hint of its own', async () => {
    neutron.trunkId = undefined;
    neutron.fail('trunks.create', refusal(409, 'TrunkPortInUse'));
    await expect(explained(trunk.ensure())).rejects.toMatchObject({
      code: 'E_TRUNK_REFUSED',
      hint: expect.stringContaining('nests ports only once'),
    });
  });
});
