import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { idOf } from '../../../embedded-neutron/test/support/test-cloud.ts';
import { type FaultyNeutron, startFaultyNeutron } from '../../test/support/faulty-neutron.ts';
import { type JoinedVm, joinVm, makeNetwork, makePort, makeVm } from '../../test/support/scene.ts';
import { BrokerClient, startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';

/** What root in a VM learns from answers, and what one of its requests costs. */
let broker: TestBroker;
let neutron: FaultyNeutron;
let network: string;
let vm: JoinedVm;

beforeAll(async () => {
  broker = await startTestBroker('limits: { burst: 300, requests_per_second: 1 }\n', {
    neutron: async (url) => {
      neutron = await startFaultyNeutron(url);
      return neutron.url;
    },
  });
  network = await makeNetwork(broker, '127.0.9.0/24');
  vm = await joinVm(broker, await makeVm(broker, network, '127.0.9.5'), {
    networks: [network],
    with_networks: true,
  });
});
beforeEach(() => {
  neutron.arrived.length = 0;
});
afterAll(async () => {
  vm[Symbol.dispose]();
  await broker[Symbol.asyncDispose]();
  await neutron[Symbol.asyncDispose]();
});

const ABSENT = '00000000-0000-4000-8000-000000000000';

describe('the answer for what the VM may not see is that for what does not exist', () => {
  /** Ids that exist in Neutron, and that the VM may not see. */
  const hidden = {} as Record<'port' | 'trunk' | 'network' | 'subnet' | 'group', string>;

  beforeAll(async () => {
    const { cloud } = broker;
    hidden.network = await makeNetwork(broker, '10.5.0.0/24');
    const subnets = await cloud.call('alice', 'GET', `subnets?network_id=${hidden.network}`);
    hidden.subnet = subnets.body.subnets?.[0]?.id ?? '';
    hidden.port = (await makePort(broker, { network_id: network })).id;
    hidden.trunk = (await makeVm(broker, network, '127.0.9.6')).trunkId;
    hidden.group = idOf(
      await cloud.call('bob', 'POST', 'security-groups', { security_group: { name: 'x' } }),
    );
  });

  type Kind = keyof typeof hidden;
  type Request = readonly [kind: Kind, method: string, path: string, body: ((id: string) => unknown) | null];
  const port = (fields: object) => ({ port: { network_id: network, ...fields } });
  const subports = (port_id: string, more = {}) => ({ sub_ports: [{ port_id, ...more }] });
  const vlan = { segmentation_type: 'vlan', segmentation_id: 7 };
  const requests: readonly Request[] = [
    ['port', 'GET', 'ports/ID', null],
    ['port', 'PUT', 'ports/ID', () => ({ port: { name: 'x' } })],
    ['port', 'PUT', 'ports/ID/tags', () => ({ tags: [] })],
    ['port', 'DELETE', 'ports/ID', null],
    ['port', 'GET', 'ports?id=ID', null],
    ['port', 'GET', 'ports?limit=1&marker=ID', null],
    ['port', 'PUT', 'trunks/OWN/add_subports', (id) => subports(id, vlan)],
    ['port', 'PUT', 'trunks/OWN/remove_subports', (id) => subports(id)],
    ['trunk', 'PUT', 'trunks/ID/add_subports', () => subports(ABSENT, vlan)],
    ['trunk', 'PUT', 'trunks/ID/remove_subports', () => subports(ABSENT)],
    ['trunk', 'GET', 'trunks?limit=1&marker=ID', null],
    ['network', 'GET', 'networks/ID', null],
    ['network', 'GET', 'networks?id=ID', null],
    ['network', 'GET', 'networks?limit=1&marker=ID', null],
    ['network', 'DELETE', 'networks/ID', null],
    ['network', 'POST', 'ports', (id) => port({ network_id: id })],
    [
      'network',
      'POST',
      'subnets',
      (id) => ({ subnet: { network_id: id, ip_version: 4, cidr: '10.1.0.0/24' } }),
    ],
    ['subnet', 'GET', 'subnets/ID', null],
    ['subnet', 'GET', 'subnets?limit=1&marker=ID', null],
    ['subnet', 'GET', 'ports?fixed_ips=subnet_id%3DID', null],
    ['subnet', 'POST', 'ports', (id) => port({ fixed_ips: [{ subnet_id: id }] })],
    ['group', 'GET', 'security-groups/ID', null],
    ['group', 'POST', 'ports', (id) => port({ security_groups: [id] })],
  ];

  test.each(requests)('%s: %s %s', async (kind, method, path, body) => {
    const ask = async (id: string) => {
      const target = path.replace('ID', id).replace('OWN', vm.trunkId);
      const { status, headers, body: answer } = await vm.client.send(method, `/v2.0/${target}`, body?.(id));
      return {
        status,
        headers: Object.keys(headers).toSorted(),
        answer: JSON.stringify(answer).replaceAll(id, 'ID'),
      };
    };
    expect(await ask(hidden[kind])).toEqual(await ask(ABSENT));
  });

  test('a change of a port to a subnet that the VM does not see, and to one that does not exist', async () => {
    const { body } = await vm.client.send('POST', '/v2.0/ports', port({}));
    const moveTo = async (id: string) => {
      const change = { port: { fixed_ips: [{ subnet_id: id }] } };
      const { status, body: answer } = await vm.client.send('PUT', `/v2.0/ports/${body.port.id}`, change);
      return [status, JSON.stringify(answer).replaceAll(id, 'ID')];
    };
    expect(await moveTo(hidden.subnet)).toEqual(await moveTo(ABSENT));
  });

  test('the VM’s own subnets are fine, in a new port and in a change', async () => {
    const { body } = await vm.client.send('GET', '/v2.0/subnets');
    const [{ id }] = body.subnets;
    const created = await vm.client.send('POST', '/v2.0/ports', port({ fixed_ips: [{ subnet_id: id }] }));
    expect(created.status).toBe(201);
    const path = `/v2.0/ports/${created.body.port.id}`;
    const change = { port: { fixed_ips: [{ subnet_id: id, ip_address: '127.0.9.99' }] } };
    expect((await vm.client.send('PUT', path, change)).status).toBe(200);
  });
});

describe('a body with thousands of ids costs one request to Neutron, if they do not exist', () => {
  const ids = Array.from({ length: 4000 }, (_, at) => at.toString(36));

  test('security groups', async () => {
    const ports = ids.flatMap((_, at) =>
      at % 64 === 0 ? [{ network_id: network, security_groups: ids.slice(at, at + 64) }] : [],
    );
    expect((await vm.client.send('POST', '/v2.0/ports', { ports })).status).toBe(404);
    expect(neutron.arrived.filter((each) => each.includes('security-groups'))).toHaveLength(1);
  });

  test('subnets', async () => {
    const ports = ids.flatMap((_, at) => {
      const fixed_ips = ids.slice(at, at + 32).map((subnet_id) => ({ subnet_id }));
      return at % 32 === 0 ? [{ network_id: network, fixed_ips }] : [];
    });
    expect((await vm.client.send('POST', '/v2.0/ports', { ports })).status).toBe(404);
    expect(neutron.arrived.filter((each) => each.includes('/subnets'))).toHaveLength(1);
  });

  test('subports', async () => {
    const sub_ports = ids.map((port_id, at) => ({
      port_id,
      segmentation_type: 'vlan',
      segmentation_id: at + 1,
    }));
    const path = `/v2.0/trunks/${vm.trunkId}/add_subports`;
    expect((await vm.client.send('PUT', path, { sub_ports })).status).toBe(404);
    expect(neutron.arrived.filter((each) => each.includes('/ports'))).toHaveLength(1);
  });
});

describe('the limits come before all other work', () => {
  /** Sends requests until one is refused by the rate. @returns all statuses */
  async function untilTooMany(send: () => Promise<{ readonly status: number }>): Promise<number[]> {
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 400) statuses.push((await send()).status);
    return statuses;
  }

  test.each([
    ['an unknown path', 'GET', '/v9/x', undefined],
    ['a path without a certificate', 'POST', '/v2.0/ports', '{'],
    ['a body that is too long', 'POST', '/v1/join', 'x'.repeat(2 ** 20 + 1)],
  ])('an address without a certificate is limited, also for %s', async (what, method, path, body) => {
    using client = new BrokerClient(broker.service.url, { from: `127.0.44.${what.length}`, keepAlive: 1 });
    expect((await untilTooMany(() => client.send(method, path, body))).at(-1)).toBe(429);
  });

  test('a stolen certificate at another address does not use up the limits of the VM', async () => {
    using thief = new BrokerClient(broker.service.url, { ...vm.identity, from: '127.0.9.77', keepAlive: 8 });
    const statuses = await untilTooMany(() => thief.send('GET', '/v1/vm'));
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    expect((await vm.client.send('GET', '/v1/vm')).status).toBe(200);
  });
});
