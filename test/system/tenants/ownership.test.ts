import { openLab } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { LAB } from '../raise-lab.ts';

/**
 * From the source document: "Neutron in turn will verify that the vif-id belongs to the tenant in question."
 */
describe('embedded-neutron: which tenant may nest ports under which VM', () => {
  const lab = openLab(LAB);
  const vifA = lab.state.vms['vm-a']?.portId ?? '';
  const vifC = lab.state.vms['vm-c']?.portId ?? '';
  let alice: Api;
  let bob: Api;
  let aliceNetwork: Resource;
  let bobNetwork: Resource;

  beforeAll(async () => {
    [alice, bob] = await Promise.all([Api.login(lab, 'alice'), Api.login(lab, 'bob')]);
    aliceNetwork = await alice.create('network', { name: 'ownership' });
    bobNetwork = await bob.create('network', { name: 'ownership' });
  });
  afterAll(async () => {
    await alice.delete('network', aliceNetwork.id);
    await bob.delete('network', bobNetwork.id);
  });
  leavesNoTraces(lab);

  const nested = (network: Resource, parent_name: string, tag: unknown) => ({
    port: { network_id: network.id, 'binding:profile': { parent_name, tag } },
  });

  it('bob cannot nest a port under alice’s VM: for bob her port does not exist', async () => {
    const { status, body } = await bob.call('POST', 'ports', nested(bobNetwork, vifA, 3999));
    expect(status).toBe(404);
    expect(body).toMatchObject({ NeutronError: { type: 'PortNotFound' } });
  });

  it('bob cannot move an existing port under alice’s VM', async () => {
    const port = await bob.create('port', { network_id: bobNetwork.id });
    const profile = { port: { 'binding:profile': { parent_name: vifA, tag: 3999 } } };
    expect((await bob.call('PUT', `ports/${port.id}`, profile)).status).toBe(404);
    await bob.delete('port', port.id);
  });

  it('a VLAN of another port under the VM is refused; it is free again when that port is deleted', async () => {
    const first = await alice.create('port', nested(aliceNetwork, vifA, 3999).port);
    const { status, body } = await alice.call('POST', 'ports', nested(aliceNetwork, vifA, 3999));
    expect(status).toBe(409);
    expect(body).toMatchObject({ NeutronError: { type: 'ParentTagInUse' } });
    // The same VLAN under another VM is no conflict.
    const other = await bob.create('port', nested(bobNetwork, vifC, 3999).port);
    await bob.delete('port', other.id);
    await alice.delete('port', first.id);
    const again = await alice.create('port', nested(aliceNetwork, vifA, 3999).port);
    await alice.delete('port', again.id);
  });

  it('the same VLAN twice in one request is refused, and neither port is created', async () => {
    const { port } = nested(aliceNetwork, vifA, 3999);
    expect((await alice.call('POST', 'ports', { ports: [port, port] })).status).toBe(409);
  });

  it.each([0, 4095, -1, 1.5, '7'])('%j is no VLAN', async (tag) => {
    expect((await alice.call('POST', 'ports', nested(aliceNetwork, vifA, tag))).status).toBe(400);
  });

  it('bob can neither see nor change alice’s trunk', async () => {
    const parent = await alice.create('port', { network_id: aliceNetwork.id });
    const trunk = await alice.create('trunk', { port_id: parent.id });
    const port = await bob.create('port', { network_id: bobNetwork.id });
    const subports = {
      sub_ports: [{ port_id: port.id, segmentation_type: 'vlan', segmentation_id: 3999 }],
    };
    expect((await bob.call('PUT', `trunks/${trunk.id}/add_subports`, subports)).status).toBe(404);
    expect((await bob.call('GET', `trunks/${trunk.id}`)).status).toBe(404);
    expect((await bob.call('DELETE', `trunks/${trunk.id}`)).status).toBe(404);
    expect((await bob.call('POST', 'trunks', { trunk: { port_id: vifA } })).status).toBe(404);
    // Alice cannot add bob's port as a subport either.
    expect((await alice.call('PUT', `trunks/${trunk.id}/add_subports`, subports)).status).toBe(404);
    await bob.delete('port', port.id);
    await alice.delete('trunk', trunk.id);
    await alice.delete('port', parent.id);
  });
});
