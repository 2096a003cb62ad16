import { openLab } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { LAB } from '../raise-lab.ts';

/** "Neutron in turn will verify that the vif-id belongs to the tenant in question." */
describe('embedded-neutron: who may nest ports under which VM', () => {
  const lab = openLab(LAB);
  const vifA = lab.state.vms['vm-a']?.portId ?? '';
  const vifC = lab.state.vms['vm-c']?.portId ?? '';
  let alice: Api;
  let bob: Api;
  let alices: Resource;
  let bobs: Resource;

  beforeAll(async () => {
    [alice, bob] = await Promise.all([Api.login(lab, 'alice'), Api.login(lab, 'bob')]);
    alices = await alice.create('network', { name: 'ownership' });
    bobs = await bob.create('network', { name: 'ownership' });
  });
  afterAll(async () => {
    await alice.delete('network', alices.id);
    await bob.delete('network', bobs.id);
  });
  leavesNoTraces(lab);

  const nested = (network: Resource, parent_name: string, tag: unknown) => ({
    port: { network_id: network.id, 'binding:profile': { parent_name, tag } },
  });

  it('a port of bob’s under alice’s VM is refused: for bob there is no such port', async () => {
    const { status, body } = await bob.call('POST', 'ports', nested(bobs, vifA, 3999));
    expect(status).toBe(404);
    expect(body).toMatchObject({ NeutronError: { type: 'PortNotFound' } });
  });

  it('nor can bob move a port of his there later', async () => {
    const port = await bob.create('port', { network_id: bobs.id });
    const profile = { port: { 'binding:profile': { parent_name: vifA, tag: 3999 } } };
    expect((await bob.call('PUT', `ports/${port.id}`, profile)).status).toBe(404);
    await bob.delete('port', port.id);
  });

  it('a tag that another port under the VM has is refused, and is free again after it', async () => {
    const first = await alice.create('port', nested(alices, vifA, 3999).port);
    const { status, body } = await alice.call('POST', 'ports', nested(alices, vifA, 3999));
    expect(status).toBe(409);
    expect(body).toMatchObject({ NeutronError: { type: 'ParentTagInUse' } });
    // The same tag under another VM is another port.
    const other = await bob.create('port', nested(bobs, vifC, 3999).port);
    await bob.delete('port', other.id);
    await alice.delete('port', first.id);
    const again = await alice.create('port', nested(alices, vifA, 3999).port);
    await alice.delete('port', again.id);
  });

  it('the same tag twice in one request is refused, and neither port is made', async () => {
    const { port } = nested(alices, vifA, 3999);
    expect((await alice.call('POST', 'ports', { ports: [port, port] })).status).toBe(409);
  });

  it.each([0, 4095, -1, 1.5, '7'])('tag %j is none', async (tag) => {
    expect((await alice.call('POST', 'ports', nested(alices, vifA, tag))).status).toBe(400);
  });

  it('alice’s trunk is not bob’s: he neither sees nor changes it', async () => {
    const parent = await alice.create('port', { network_id: alices.id });
    const trunk = await alice.create('trunk', { port_id: parent.id });
    const port = await bob.create('port', { network_id: bobs.id });
    const subports = {
      sub_ports: [{ port_id: port.id, segmentation_type: 'vlan', segmentation_id: 3999 }],
    };
    expect((await bob.call('PUT', `trunks/${trunk.id}/add_subports`, subports)).status).toBe(404);
    expect((await bob.call('GET', `trunks/${trunk.id}`)).status).toBe(404);
    expect((await bob.call('DELETE', `trunks/${trunk.id}`)).status).toBe(404);
    expect((await bob.call('POST', 'trunks', { trunk: { port_id: vifA } })).status).toBe(404);
    // Nor can alice take bob's port as a subport of hers.
    expect((await alice.call('PUT', `trunks/${trunk.id}/add_subports`, subports)).status).toBe(404);
    await bob.delete('port', port.id);
    await alice.delete('trunk', trunk.id);
    await alice.delete('port', parent.id);
  });
});
