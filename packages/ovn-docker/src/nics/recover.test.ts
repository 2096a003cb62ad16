import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { pluggedPort } from '../../test/support/plugged-port.ts';
import { createWorld, VIF } from '../../test/support/world.ts';
import { portTags } from '../clients/neutron/port-tags.ts';
import { claimNotes } from './claim-notes.ts';
import { rowKeys } from './names.ts';
import { observeChildren, recoverNics, usedVlans } from './recover.ts';

const portOf = (id: string, more: Partial<Port> = {}): Port =>
  ({
    id,
    name: id,
    network_id: 'network-1',
    mac_address: 'fa:16:3e:00:00:01',
    fixed_ips: [{ subnet_id: 'subnet-1', ip_address: '10.0.0.7' }],
    tags: [portTags.ours, portTags.vif(VIF), portTags.nic(`nic-of-${id}`)],
    ...more,
  }) as unknown as Port;

async function recover(prepare: (world: ReturnType<typeof createWorld>) => void) {
  const world = createWorld();
  prepare(world);
  const children = await observeChildren(world.engine.neutron, world.vm);
  return { nics: await recoverNics(world.engine.neutron, children), used: usedVlans(children) };
}

it("finds a NIC by its port's Neutron tags, its VLAN by row, trunk or binding, and its claim by its row", async () => {
  const claim = { since: 1000, endpointId: 'e', promised: new Set(['10.0.0.7']) };
  const { nics, used } = await recover(({ neutron, vmSwitch }) => {
    for (const id of ['row', 'trunk', 'nothing']) neutron.ports.set(id, portOf(id));
    neutron.ports.set('bound', portOf('bound', { 'binding:profile': { parent_name: VIF, tag: 7 } }));
    neutron.subports.set('trunk', { port_id: 'trunk', segmentation_type: 'vlan', segmentation_id: 6 });
    const externalIds = { [rowKeys.ifaceId]: 'row', ...claimNotes(claim) } as Record<string, string>;
    vmSwitch.rows.set('ovn-5', pluggedPort({ name: 'ovn-5', vlan: 5, externalIds }));
  });
  expect(nics.map(({ id, vlan, state }) => [id, vlan, state])).toEqual([
    ['nic-of-row', 5, 'claimed'],
    ['nic-of-trunk', 6, 'found'],
    ['nic-of-nothing', undefined, 'found'],
    ['nic-of-bound', 7, 'found'],
  ]);
  expect(nics[0]?.claim?.promised).toEqual(claim.promised);
  expect(used.sort()).toEqual([6, 7]);
});

it("scenario 4: VLANs of other programs' subports count as used; their ports are no NICs", async () => {
  const { nics, used } = await recover(({ neutron, vmSwitch }) => {
    neutron.ports.set('other-vm', portOf('other-vm', { tags: [portTags.vif('vif-2'), portTags.nic('x')] }));
    neutron.ports.set('unmarked', portOf('unmarked', { tags: [] }));
    neutron.ports.set('no-nic', portOf('no-nic', { tags: [portTags.vif(VIF)] }));
    neutron.subports.set('foreign', { port_id: 'foreign', segmentation_type: 'vlan', segmentation_id: 40 });
    vmSwitch.rows.set('eth7', pluggedPort({ name: 'eth7', vlan: 41 }));
    vmSwitch.rows.set('eth0', pluggedPort({ name: 'eth0' }));
  });
  expect(nics).toEqual([]);
  expect(used.sort()).toEqual([40]);
});

it('finds what the container asked for: nothing, a fixed address, an existing port', async () => {
  const tagged = (id: string, tag?: string) => ({
    tags: [...(portOf(id).tags ?? []), ...(tag ? [tag] : [])],
  });
  const { nics } = await recover(({ neutron }) => {
    neutron.ports.set('plain', portOf('plain', tagged('plain', portTags.plain)));
    neutron.ports.set('fixed', portOf('fixed', tagged('fixed')));
    neutron.ports.set('existing', portOf('existing', tagged('existing', portTags.existing)));
  });
  expect(nics.map(({ wants }) => [wants.addresses, wants.existing?.id])).toEqual([
    [undefined, undefined],
    [['10.0.0.7'], undefined],
    [undefined, 'existing'],
  ]);
  expect(nics.map(({ target }) => target.subnets.map(({ id }) => id))).toEqual(nics.map(() => ['subnet-1']));
});

it('scenario 12: a port whose Neutron tags a user changed or removed belongs to the NIC of its row', async () => {
  const row = (id: string, more = {}) =>
    pluggedPort({
      name: `ovn-${id}`,
      externalIds: { [rowKeys.ifaceId]: id, [rowKeys.nic]: `nic-of-${id}`, ...more },
      notes: claimNotes({ since: 0, label: id, promised: new Set() }),
    });
  const { nics } = await recover(({ neutron, vmSwitch }) => {
    neutron.ports.set('5', portOf('5', { tags: [portTags.vif(VIF), portTags.nic('5')] }));
    neutron.ports.set('6', portOf('6', { tags: [] }));
    neutron.ports.set('7', portOf('7', { tags: [] }));
    neutron.ports.set('foreign', portOf('foreign', { tags: [] }));
    for (const id of ['5', '6']) vmSwitch.rows.set(`ovn-${id}`, row(id));
    vmSwitch.rows.set('ovn-7', row('7', { [rowKeys.existing]: 'true' }));
    vmSwitch.rows.set('eth9', pluggedPort({ name: 'eth9', externalIds: { [rowKeys.ifaceId]: 'foreign' } }));
  });
  expect(nics.map(({ id, claim }) => [id, claim?.label])).toEqual([
    ['nic-of-5', '5'],
    ['nic-of-6', '6'],
    ['nic-of-7', '7'],
  ]);
  // The agent does not delete a port that the user created.
  expect(nics.map(({ wants }) => wants.existing?.id)).toEqual([undefined, undefined, '7']);
});
