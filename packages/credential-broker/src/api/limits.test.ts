import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JoinedVm, joinVm, makeNetwork, makeVm } from '../../test/support/scene.ts';
import { BrokerClient, startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';

let broker: TestBroker;
let network: string;
/** The network of the VMs' own ports: Neutron chooses no address of it for a container. */
let management: string;
let next = 10;

const settings =
  'limits: { ports: 3, requests_per_second: 1, burst: 30, connections: 8 }\nparent_mode: port-binding\n';
beforeAll(async () => {
  broker = await startTestBroker(settings);
  network = await makeNetwork(broker, '10.5.0.0/24');
  management = await makeNetwork(broker, '127.0.9.0/24');
});
afterAll(() => broker[Symbol.asyncDispose]());

const newVm = async (allowed = {}): Promise<JoinedVm> =>
  joinVm(broker, await makeVm(broker, management, `127.0.9.${next++}`), allowed);
const port = () => ({ network_id: network });
const create = ({ client }: JoinedVm, ports: object[]) =>
  client.send('POST', '/v2.0/ports', ports.length === 1 ? { port: ports[0] } : { ports });

describe('the quota', () => {
  test('refuses the next port like Neutron, and a deleted port makes room', async () => {
    using vm = await newVm();
    const made = await create(vm, [port(), port(), port()]);
    expect(made.status).toBe(201);
    const refused = await create(vm, [port()]);
    expect(refused).toMatchObject({ status: 409, body: { NeutronError: { type: 'OverQuota' } } });
    await vm.client.send('DELETE', `/v2.0/ports/${made.body.ports[0].id}`);
    expect((await create(vm, [port()])).status).toBe(201);
  });

  test('holds for requests at the same moment', async () => {
    using vm = await newVm();
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(vm, [port()])));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
  });

  test('counts what another broker and the project created and deleted', async () => {
    using vm = await newVm();
    const { body } = await create(vm, [port(), port(), port()]);
    await broker.cloud.call('alice', 'DELETE', `ports/${body.ports[0].id}`);
    expect((await create(vm, [port()])).status).toBe(201);
  });

  test('is what the VM reads as its quota of ports, and an invitation can change it', async () => {
    using vm = await newVm({ max_ports: 1 });
    await create(vm, [port()]);
    const { body } = await vm.client.send('GET', `/v2.0/quotas/${vm.projectId}/details.json`);
    expect(body.quota.port).toEqual({ limit: 1, used: 1, reserved: 0 });
    expect((await create(vm, [port()])).status).toBe(409);
  });

  test('a refused request takes nothing of it', async () => {
    using vm = await newVm();
    const wrong = { ...port(), fixed_ips: [{ ip_address: '10.0.0.1' }] };
    for (let count = 0; count < 4; count++) expect((await create(vm, [wrong])).status).toBe(400);
    expect((await create(vm, [port(), port(), port()])).status).toBe(201);
  });
});

describe('the rate', () => {
  test('is limited for each VM, with 429 and Retry-After; other VMs are not affected', async () => {
    using vm = await newVm();
    using other = await newVm();
    let answer = await vm.client.send('GET', '/v1/vm');
    // Faster than one request in a second, so that the burst is used up.
    for (let count = 0; answer.status === 200 && count < 500; count++)
      answer = await vm.client.send('GET', '/v1/vm');
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1']);
    expect((await other.client.send('GET', '/v1/vm')).status).toBe(200);
  });

  test('is limited for an address without a certificate', async () => {
    using client = new BrokerClient(broker.service.url, { from: '127.0.44.1', keepAlive: 1 });
    const statuses: number[] = [];
    for (let count = 0; count < 200; count++) statuses.push((await client.send('GET', '/v2.0/ports')).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });
});

test('an address may hold a number of connections; the next is closed', async () => {
  const { hostname, port: number } = new URL(broker.service.url);
  const open = () => {
    const options = {
      host: hostname,
      port: Number(number),
      localAddress: '127.0.45.1',
      rejectUnauthorized: false,
    };
    const socket = connect(options);
    return new Promise<TLSSocket | undefined>((resolve) => {
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', () => resolve(undefined));
    });
  };
  const sockets: (TLSSocket | undefined)[] = [];
  for (let count = 0; count < 9; count++) sockets.push(await open());
  expect(sockets.map((socket) => socket !== undefined)).toEqual([...Array(8).fill(true), false]);
  for (const socket of sockets) socket?.destroy();
});

describe('mode port-binding', () => {
  test('lets a VM name itself as the parent, with a VLAN, and offers the extension', async () => {
    using vm = await newVm();
    const profile = { parent_name: vm.id, tag: 7 };
    const { status, body } = await create(vm, [{ ...port(), 'binding:profile': profile }]);
    expect([status, body.port['binding:profile']]).toEqual([201, profile]);
    const path = `/v2.0/ports/${body.port.id}`;
    for (const each of [{}, profile]) {
      expect((await vm.client.send('PUT', path, { port: { 'binding:profile': each } })).status).toBe(200);
    }
    const { body: offered } = await vm.client.send('GET', '/v2.0/extensions');
    expect(offered.extensions).toContainEqual(expect.objectContaining({ alias: 'container-parent-binding' }));
  });

  test('refuses any other profile', async () => {
    using vm = await newVm();
    using other = await newVm();
    const profiles = [
      { parent_name: other.id, tag: 7 },
      { parent_name: vm.id },
      { parent_name: vm.id, tag: '7' },
      { parent_name: vm.id, tag: 0 },
      { parent_name: vm.id, tag: 4095 },
      { parent_name: vm.id, tag: 7, trusted: true },
      { migrating_to: 'hv2' },
      null,
    ];
    for (const profile of profiles) {
      const { status, body } = await create(vm, [{ ...port(), 'binding:profile': profile }]);
      expect([status, body.NeutronError.message]).toEqual([403, expect.stringContaining('rule "field"')]);
    }
  });
});
