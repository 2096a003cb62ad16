import { expect, it } from 'vitest';
import { addBridge, openMemorySwitch, type PortRow } from '../../../test/support/memory-switch.ts';

const UPLINK = 'eth0';
const scene = (...ports: PortRow[]) => openMemorySwitch([{ name: 'br0' }, { name: UPLINK }, ...ports]);

const cases: [what: string, port: Omit<PortRow, 'name'>, vlans: number[]][] = [
  ['an access port', { tag: 13 }, [13]],
  ['an access port with its mode named', { tag: 13, vlan_mode: 'access' }, [13]],
  ['a tunnel port: its outer VLAN', { tag: 13, vlan_mode: 'dot1q-tunnel' }, [13]],
  ['a trunk port with a list', { trunks: [13, 20] }, [13, 20]],
  ['a trunk port that ignores its tag', { tag: 13, trunks: [20], vlan_mode: 'trunk' }, [20]],
  ['a port with a native VLAN and a list', { tag: 13, trunks: [20], vlan_mode: 'native-untagged' }, [13, 20]],
  ['a port with a native VLAN that passes all', { tag: 13, vlan_mode: 'native-tagged' }, [13]],
  ['a port that passes all VLANs', {}, []],
];

it.each(cases)('scenario 3: %s takes the VLANs that it names', async (_, port, vlans) => {
  await using world = await scene({ name: 'other', ...port });
  expect([...world.vmSwitch.vlanUsers(UPLINK)]).toEqual(vlans.map((vlan) => [vlan, ['other']]));
});

it('scenario 3: a VLAN is taken as soon as the database shows the port, and free when the port is gone', async () => {
  await using world = await scene();
  const { otherProgram, vmSwitch, synchronise } = world;
  expect(vmSwitch.vlanUsers(UPLINK).size).toBe(0);
  await otherProgram.transaction().update('Port', { name: 'br0' }, { tag: 7 }).commit();
  await synchronise();
  expect([...vmSwitch.vlanUsers(UPLINK)]).toEqual([[7, ['br0']]]);
  await otherProgram.transaction().update('Port', { name: 'br0' }, { tag: undefined }).commit();
  await synchronise();
  expect(vmSwitch.vlanUsers(UPLINK).size).toBe(0);
});

it('scenario 3: mirrors and flooded VLANs of the bridge take VLANs', async () => {
  await using world = await scene();
  const { otherProgram, vmSwitch, synchronise } = world;
  const change = otherProgram.transaction();
  const mirror = change.insert('Mirror', { name: 'rspan', output_vlan: 30 });
  change.update('Bridge', { name: 'br0' }, { flood_vlans: [31], mirrors: [mirror] });
  await change.commit();
  await synchronise();
  expect([...vmSwitch.vlanUsers(UPLINK)]).toEqual([
    [31, ['flood_vlans of bridge br0']],
    [30, ['mirror rspan']],
  ]);
});

it('scenario 3: bridges behind patch ports that pass all VLANs count, other bridges do not', async () => {
  await using world = await scene({ name: 'to1', peer: 'from1' }, { name: 'to2', peer: 'from2', tag: 40 });
  const { otherProgram, vmSwitch, synchronise } = world;
  await addBridge(otherProgram, 'br1', [
    { name: 'from1', peer: 'to1' },
    { name: 'a', tag: 50 },
    { name: 'to3', peer: 'from3' },
  ]);
  await addBridge(otherProgram, 'br2', [
    { name: 'from2', peer: 'to2' },
    { name: 'b', tag: 60 },
  ]);
  await addBridge(otherProgram, 'br3', [
    { name: 'from3', peer: 'to3' },
    { name: 'c', tag: 70 },
  ]);
  await addBridge(otherProgram, 'br4', [{ name: 'd', tag: 80 }]);
  await synchronise();
  expect([...vmSwitch.vlanUsers(UPLINK)]).toEqual([
    [40, ['to2']],
    [50, ['a']],
    [70, ['c']],
  ]);
  expect(vmSwitch.carriersOfAllVlans().sort()).toEqual(['br0', UPLINK, 'to1']);
});

it('scenario 3: the list of the uplink takes no VLAN and says which pass; its native VLAN is taken', async () => {
  await using world = await openMemorySwitch([
    { name: UPLINK, tag: 5, trunks: [10, 11], vlan_mode: 'native-untagged' },
  ]);
  const { vmSwitch } = world;
  expect([...vmSwitch.vlanUsers(UPLINK)]).toEqual([[5, [UPLINK]]]);
  expect([9, 10, 11].map((vlan) => vmSwitch.carriesVlan(UPLINK, vlan))).toEqual([false, true, true]);
  expect(vmSwitch.carriesVlan('unknown', 9)).toBe(true);
});
