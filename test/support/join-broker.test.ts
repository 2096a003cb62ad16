import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeNetwork, makeVm, type TestVm } from '../../packages/credential-broker/test/support/scene.ts';
import {
  startTestBroker,
  type TestBroker,
} from '../../packages/credential-broker/test/support/test-broker.ts';
import { runJoin } from '../../packages/ovn-docker/src/cli/join/run-join.ts';
import { brokerAt, cloudConfigOf } from '../../packages/ovn-docker/src/clients/broker/membership.ts';
import { renewCertificate } from '../../packages/ovn-docker/src/clients/broker/renew.ts';
import { readVmCertificate } from '../../packages/ovn-docker/src/clients/broker/vm-certificate.ts';
import { type Cloud, login, openCloud } from '../../packages/ovn-docker/src/clients/neutron/cloud.ts';
import { portTags } from '../../packages/ovn-docker/src/clients/neutron/port-tags.ts';
import { explained } from '../../packages/ovn-docker/src/clients/neutron/refusals.ts';

/** The VM’s code with the real broker and embedded-neutron, over loopback. */
let broker: TestBroker;
let network: string;
let vm: TestVm;
let folder: string;

beforeAll(async () => {
  broker = await startTestBroker();
  network = await makeNetwork(broker, '127.0.0.0/24');
  vm = await makeVm(broker, network, '127.0.0.1');
});
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'membership-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = () => brokerAt(broker.service.url, folder);

async function invited(more: { sources?: string[]; networks?: string[] } = {}) {
  const { token, invitation } = await broker.invite({ vif_id: vm.id, project_id: vm.projectId, ...more });
  const { url, caHash } = broker.service;
  return { token, invitationId: invitation.id, url: new URL(url), caHash };
}

/** Joins, and works with the VM's cloud. */
async function asVm(work: (cloud: Cloud) => Promise<unknown>, invitation = invited()): Promise<void> {
  await runJoin(await invitation, folder);
  using cloud = openCloud(cloudConfigOf(at()));
  await work(cloud);
}

it('a VM joins, and the broker says which VM it is and in which project', async () => {
  await asVm(async (cloud) => {
    const access = await login(cloud);
    expect(access).toMatchObject({
      projectId: vm.projectId,
      roles: [],
      vm: { vif_id: vm.id, networks: null },
    });
    const { port: quota } = await cloud.neutron.quotaDetails();
    expect(quota?.limit).toBeGreaterThan(0);
    const { notAfter } = await readVmCertificate(at().certificate);
    expect(Date.parse(access.vm?.expires_at ?? '')).toBe(notAfter.getTime());
  });
});

it('through the broker, the agent’s client makes, changes and deletes a port and a subport', async () => {
  await asVm(async ({ neutron }) => {
    const tags = [portTags.vif(vm.id), portTags.nic('a')];
    const port = await neutron.ports.create({ network_id: network, name: 'nic', tags });
    expect(port.tags).toEqual(expect.arrayContaining(tags));
    const subport = { port_id: port.id, segmentation_type: 'vlan', segmentation_id: 101 } as const;
    await neutron.trunks.addSubports(vm.trunkId, [subport]);
    const found = await neutron.ports.all({ tags: portTags.vif(vm.id) });
    expect(found.map(({ id }) => id)).toEqual([port.id]);
    await neutron.ports.update(port.id, { name: 'other' });
    await neutron.trunks.removeSubports(vm.trunkId, [{ port_id: port.id }]);
    await neutron.ports.delete(port.id);
    expect(await neutron.ports.all({ tags: portTags.vif(vm.id) })).toEqual([]);
  });
});

it('a renewed certificate works, and renews itself again', async () => {
  await asVm(async () => undefined);
  const { x509: first } = await readVmCertificate(at().certificate);
  await renewCertificate(at());
  const { x509: second, invitationId } = await renewCertificate(at());
  expect(second.serialNumber).not.toBe(first.serialNumber);
  expect(invitationId).not.toBe('');
  using cloud = openCloud(cloudConfigOf(at()));
  await login(cloud);
});

it('a token that was used with another key is refused', async () => {
  const invitation = await invited();
  await runJoin(invitation, folder);
  await expect(runJoin(invitation, join(folder, 'other'))).rejects.toMatchObject({ code: 'E_JOIN_TOKEN' });
});

it('an authority with another hash gets no token, and the invitation stays unused', async () => {
  const invitation = await invited();
  const wrong = { ...invitation, caHash: `sha256:${'0'.repeat(64)}` };
  await expect(runJoin(wrong, folder)).rejects.toMatchObject({ code: 'E_BROKER_CA' });
  expect(await broker.invitations.joinOf(invitation.invitationId)).toBeUndefined();
});

it('a revoked VM is told to join again', async () => {
  const invitation = await invited();
  await asVm(async (cloud) => {
    await login(cloud);
    await broker.invitations.revoke(invitation.invitationId);
    await expect(login(cloud)).rejects.toMatchObject({
      code: 'E_CERTIFICATE',
      message: expect.stringContaining('rule "revoked"'),
    });
  }, Promise.resolve(invitation));
});

it('a request from an address that is not the VM’s is refused, with a hint about the way', async () => {
  const other = await makeVm(broker, network, '127.0.0.77');
  const { token, invitation } = await broker.invite({ vif_id: other.id, project_id: other.projectId });
  const { url, caHash } = broker.service;
  const request = { token, invitationId: invitation.id, url: new URL(url), caHash };
  await expect(runJoin(request, folder)).rejects.toMatchObject({
    code: 'E_BROKER_REFUSED',
    hint: expect.stringContaining('NAT'),
  });
});

it('what the broker does not let pass is explained by its rule', async () => {
  await asVm(async ({ neutron }) => {
    const forbidden = explained(neutron.ports.create({ network_id: network, device_owner: 'network:dhcp' }));
    await expect(forbidden).rejects.toMatchObject({
      code: 'E_BROKER_REFUSED',
      message: expect.stringContaining('rule "field"'),
    });
    await expect(explained(neutron.networks.create({ name: 'mine' }))).rejects.toMatchObject({
      code: 'E_BROKER_REFUSED',
      hint: expect.stringContaining('--with-networks'),
    });
  });
});
