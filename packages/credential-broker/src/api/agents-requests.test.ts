import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JoinedVm, joinVm, makeNetwork, makePort, makeVm } from '../../test/support/scene.ts';
import { startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';

let broker: TestBroker;
let network: string;
let vm: JoinedVm;
let other: JoinedVm;

beforeAll(async () => {
  broker = await startTestBroker();
  network = await makeNetwork(broker, '127.0.9.0/24');
  vm = await joinVm(broker, await makeVm(broker, network, '127.0.9.5'));
  other = await joinVm(broker, await makeVm(broker, network, '127.0.9.6'));
});

afterAll(async () => {
  for (const each of [vm, other]) each[Symbol.dispose]();
  await broker[Symbol.asyncDispose]();
});

const mark = () => `ovn-docker:vif=${vm.id}`;
const idsOf = (body: Record<string, { id: string }[]>, key = 'ports') =>
  (body[key] ?? []).map(({ id }) => id);

async function createPort(of = vm, more: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await of.client.send('POST', '/v2.0/ports', {
    port: { network_id: network, ...more },
  });
  expect([status, body.NeutronError]).toEqual([201, undefined]);
  return body.port.id;
}

describe('what an agent reads', () => {
  test.each([
    ['/v2.0/extensions', 'extensions'],
    ['/v2.0/networks', 'networks'],
    ['/v2.0/subnets', 'subnets'],
    ['/v2.0/ports', 'ports'],
    ['/v2.0/trunks', 'trunks'],
    ['/v2.0/security-groups?fields=id&fields=name', 'security_groups'],
  ])('%s', async (path, key) => {
    const { status, body } = await vm.client.send('GET', path);
    expect(status).toBe(200);
    expect(body[key].length).toBeGreaterThan(0);
  });

  test('in mode trunk the broker hides the extension by which an agent chooses port binding', async () => {
    const { body } = await vm.client.send('GET', '/v2.0/extensions');
    const aliases = body.extensions.map(({ alias }: { alias: string }) => alias);
    expect(aliases).toContain('trunk');
    expect(aliases).not.toContain('container-parent-binding');
  });

  test('its own port and trunk, and nothing of another VM', async () => {
    expect((await vm.client.send('GET', `/v2.0/ports/${vm.id}`)).status).toBe(200);
    expect(await vm.client.send('GET', `/v2.0/ports/${other.id}`)).toMatchObject({
      status: 404,
      body: { NeutronError: { type: 'PortNotFound' } },
    });
    expect(idsOf((await vm.client.send('GET', '/v2.0/trunks')).body, 'trunks')).toEqual([vm.trunkId]);
    expect(idsOf((await vm.client.send('GET', `/v2.0/trunks?port_id=${other.id}`)).body, 'trunks')).toEqual(
      [],
    );
  });

  test('GET /v1/vm tells the VM who it is', async () => {
    expect((await vm.client.send('GET', '/v1/vm')).body).toEqual({
      vif_id: vm.id,
      project_id: vm.projectId,
      networks: null,
      expires_at: expect.stringMatching(/^\d{4}-/),
    });
  });
});

describe('the life of a container’s port', () => {
  test('the broker adds the mark to a new port, to new tags, and passes on the rest', async () => {
    const id = await createPort(vm, { name: 'web', tags: ['ovn-docker', 'ovn-docker:nic=1'] });
    const { body } = await broker.cloud.call('alice', 'GET', `ports/${id}`);
    expect(body.port).toMatchObject({ name: 'web', tags: ['ovn-docker', 'ovn-docker:nic=1', mark()] });
    const tags = await vm.client.send('PUT', `/v2.0/ports/${id}/tags`, { tags: ['mine'] });
    expect(tags.body).toEqual({ tags: ['mine', mark()] });
    expect(await vm.client.send('DELETE', `/v2.0/ports/${id}`)).toMatchObject({
      status: 204,
      body: undefined,
    });
  });

  test('a subport of its own trunk, added and removed', async () => {
    const id = await createPort();
    const subport = { port_id: id, segmentation_type: 'vlan', segmentation_id: 7 };
    const path = `/v2.0/trunks/${vm.trunkId}`;
    const added = await vm.client.send('PUT', `${path}/add_subports`, { sub_ports: [subport] });
    expect(added).toMatchObject({ status: 200, body: { sub_ports: [subport] } });
    const removed = await vm.client.send('PUT', `${path}/remove_subports`, { sub_ports: [{ port_id: id }] });
    expect(removed).toMatchObject({ status: 200, body: { sub_ports: [] } });
    await vm.client.send('DELETE', `/v2.0/ports/${id}`);
  });

  test('another VM sees a 404 for the port, whatever it tries, and Neutron keeps the port', async () => {
    const id = await createPort();
    const subport = { port_id: id, segmentation_type: 'vlan', segmentation_id: 7 };
    const tries = [
      ['GET', `/v2.0/ports/${id}`],
      ['PUT', `/v2.0/ports/${id}`, { port: { name: 'stolen' } }],
      ['PUT', `/v2.0/ports/${id}/tags`, { tags: [] }],
      ['DELETE', `/v2.0/ports/${id}`],
      ['PUT', `/v2.0/trunks/${vm.trunkId}/add_subports`, { sub_ports: [subport] }],
      ['PUT', `/v2.0/trunks/${vm.trunkId}/remove_subports`, { sub_ports: [{ port_id: id }] }],
      ['PUT', `/v2.0/trunks/${other.trunkId}/add_subports`, { sub_ports: [subport] }],
      ['PUT', `/v2.0/trunks/${other.trunkId}/remove_subports`, { sub_ports: [{ port_id: id }] }],
    ] as const;
    for (const [method, path, body] of tries) {
      expect([method, path, (await other.client.send(method, path, body)).status]).toEqual([
        method,
        path,
        404,
      ]);
    }
    const { body } = await broker.cloud.call('alice', 'GET', `ports/${id}`);
    expect(body.port).toMatchObject({ id, name: '', tags: [mark()], device_owner: '' });
    await vm.client.send('DELETE', `/v2.0/ports/${id}`);
  });

  test('lists show only what the VM may see, with every filter of the agent, page by page', async () => {
    const own = [await createPort(), await createPort(), await createPort()];
    const foreign = await createPort(other);
    await makePort(broker, { network_id: network });
    const list = async (query: string) => idsOf((await vm.client.send('GET', `/v2.0/ports?${query}`)).body);
    expect((await list('')).toSorted()).toEqual([vm.id, ...own].toSorted());
    expect((await list(`tags=${mark()}&fields=id`)).toSorted()).toEqual(own.toSorted());
    expect(await list(`tags=ovn-docker:vif=${other.id}`)).toEqual([]);
    expect(await list(`description=${mark()}`)).toEqual([]);
    expect(await list(`id=${own[0]}&id=${foreign}&id=${other.id}`)).toEqual([own[0]]);
    expect((await list(`network_id=${network}`)).toSorted()).toEqual([vm.id, ...own].toSorted());
    const pages: string[] = [];
    let path: string | undefined = '/v2.0/ports?limit=2&fields=id';
    while (path !== undefined) {
      const { body } = await vm.client.send('GET', path);
      pages.push(...idsOf(body));
      const [next] = body.ports_links ?? [];
      path = next && `/v2.0/ports?${next.href.split('?')[1]}`;
    }
    expect(pages.toSorted()).toEqual([vm.id, ...own].toSorted());
    expect((await vm.client.send('GET', `/v2.0/ports?limit=2&marker=${foreign}`)).status).toBe(404);
    for (const id of own) await vm.client.send('DELETE', `/v2.0/ports/${id}`);
    await other.client.send('DELETE', `/v2.0/ports/${foreign}`);
  });
});
