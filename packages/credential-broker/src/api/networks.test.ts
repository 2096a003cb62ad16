import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JoinedVm, joinVm, makeNetwork, makeVm, type TestVm } from '../../test/support/scene.ts';
import { startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';

let broker: TestBroker;
/** Networks: of the VMs' own ports, listed, unlisted, shared by an admin, another project's. */
let nets: Record<'own' | 'listed' | 'unlisted' | 'shared' | 'foreign', string>;
/** Both exist before any container: Neutron could give a container the address of the second one. */
let vm: TestVm;
let otherVm: TestVm;

beforeAll(async () => {
  broker = await startTestBroker('', { person: 'alice' });
  nets = {
    own: await makeNetwork(broker, '127.0.9.0/24'),
    listed: await makeNetwork(broker, '127.0.10.0/24'),
    unlisted: await makeNetwork(broker, '127.0.11.0/24'),
    shared: await makeNetwork(broker, '127.0.12.0/24', { person: 'admin', shared: true }),
    foreign: await makeNetwork(broker, '127.0.13.0/24', { person: 'bob' }),
  };
  vm = await makeVm(broker, nets.own, '127.0.9.5');
  otherVm = await makeVm(broker, nets.own, '127.0.9.6');
});
afterAll(() => broker[Symbol.asyncDispose]());

const namesOf = (ids: readonly string[]) =>
  Object.entries(nets)
    .filter(([, id]) => ids.includes(id))
    .map(([name]) => name);

/** What a VM sees and may use. */
async function rightsOf({ client }: JoinedVm) {
  const list = async (path: string, key: string, attribute: string) =>
    namesOf(
      (await client.send('GET', path)).body[key].map((item: Record<string, string>) => item[attribute]),
    );
  const each = async (send: (id: string) => Promise<{ readonly status: number }>) => {
    const allowed: string[] = [];
    for (const [name, id] of Object.entries(nets)) if ((await send(id)).status < 300) allowed.push(name);
    return allowed;
  };
  return {
    listed: await list('/v2.0/networks', 'networks', 'id'),
    subnets: await list('/v2.0/subnets', 'subnets', 'network_id'),
    shown: await each((id) => client.send('GET', `/v2.0/networks/${id}`)),
    filtered: await each(async (id) => {
      const { body } = await client.send('GET', `/v2.0/networks?id=${id}&fields=name`);
      return { status: body.networks.length === 1 ? 200 : 404 };
    }),
    ofSubnets: await each(async (id) => {
      const { body } = await client.send('GET', `/v2.0/subnets?network_id=${id}`);
      return { status: body.subnets.length === 1 ? 200 : 404 };
    }),
    used: await each((network_id) => client.send('POST', '/v2.0/ports', { port: { network_id } })),
  };
}

describe('networks', () => {
  test('with a list: those of the list, and the one of the VM’s own port to read', async () => {
    using joined = await joinVm(broker, vm, { networks: [nets.listed] });
    const readable = ['own', 'listed'];
    expect(await rightsOf(joined)).toEqual({
      listed: readable,
      subnets: readable,
      shown: readable,
      filtered: readable,
      ofSubnets: readable,
      used: ['listed'],
    });
  });

  test('without a list: the project’s and shared ones, and nothing of another project', async () => {
    using joined = await joinVm(broker, vm);
    const all = ['own', 'listed', 'unlisted', 'shared'];
    expect(await rightsOf(joined)).toEqual({
      listed: all,
      subnets: all,
      shown: all,
      filtered: all,
      ofSubnets: all,
      used: all,
    });
  });

  test('with an admin’s credential a VM sees no more, and nothing about hypervisors', async () => {
    await using admins = await startTestBroker('', { person: 'admin' });
    const own = await makeNetwork(admins, '127.0.9.0/24', { person: 'admin' });
    const foreign = await makeNetwork(admins, '127.0.13.0/24', { person: 'bob' });
    const { id, project_id = '' } = (
      await admins.cloud.call('admin', 'POST', 'ports', {
        port: { network_id: own, fixed_ips: [{ ip_address: '127.0.9.5' }] },
      })
    ).body.port ?? { id: '' };
    using joined = await joinVm(admins, { id, projectId: project_id, address: '127.0.9.5', trunkId: '' });
    const { body } = await joined.client.send('GET', '/v2.0/networks');
    expect(body.networks.map((network: { id: string }) => network.id)).toEqual([own]);
    expect(Object.keys(body.networks[0]).filter((name) => name.startsWith('provider:'))).toEqual([]);
    expect((await joined.client.send('GET', `/v2.0/networks/${foreign}`)).status).toBe(404);
    const created = await joined.client.send('POST', '/v2.0/ports', { port: { network_id: own } });
    const hidden = ['binding:host_id', 'binding:vif_type', 'binding:vif_details'];
    expect(Object.keys(created.body.port).filter((name) => hidden.includes(name))).toEqual([]);
  });
});

describe('with --with-networks', () => {
  test('a VM creates a network and a subnet, uses and deletes them, and no other network', async () => {
    using joined = await joinVm(broker, vm, { networks: [nets.listed], with_networks: true });
    using plain = await joinVm(broker, otherVm, { networks: [nets.listed] });
    const { client } = joined;
    const made = await client.send('POST', '/v2.0/networks', { network: { name: 'docker-1' } });
    expect(made).toMatchObject({
      status: 201,
      body: { network: { description: `ovn-docker:vif=${vm.id}` } },
    });
    const { id } = made.body.network;
    const subnet = { network_id: id, ip_version: 4, cidr: '10.44.0.0/24', gateway_ip: null };
    expect((await client.send('POST', '/v2.0/subnets', { subnet })).status).toBe(201);
    expect((await client.send('GET', `/v2.0/subnets?network_id=${id}`)).body.subnets).toHaveLength(1);
    const port = await client.send('POST', '/v2.0/ports', { port: { network_id: id } });
    expect(port.status).toBe(201);
    for (const [method, path, body] of [
      ['GET', `/v2.0/networks/${id}`],
      ['POST', '/v2.0/ports', { port: { network_id: id } }],
    ] as const) {
      expect((await plain.client.send(method, path, body)).status).toBe(404);
    }
    await client.send('DELETE', `/v2.0/ports/${port.body.port.id}`);
    expect((await client.send('DELETE', `/v2.0/networks/${id}`)).status).toBe(204);
    const ofListed = { ...subnet, network_id: nets.listed };
    expect((await client.send('POST', '/v2.0/subnets', { subnet: ofListed })).status).toBe(403);
    expect((await client.send('DELETE', `/v2.0/networks/${nets.listed}`)).status).toBe(403);
    expect((await client.send('DELETE', `/v2.0/networks/${nets.foreign}`)).status).toBe(404);
  });

  test('without it, the requests are refused by the rule "networks"', async () => {
    using joined = await joinVm(broker, vm);
    for (const [method, path] of [
      ['POST', '/v2.0/networks'],
      ['POST', '/v2.0/subnets'],
      ['GET', '/v2.0/subnetpools'],
      ['DELETE', `/v2.0/networks/${nets.own}`],
    ] as const) {
      const { status, body } = await joined.client.send(method, path, method === 'GET' ? undefined : {});
      expect([status, body.NeutronError.message]).toEqual([403, expect.stringContaining('rule "networks"')]);
    }
  });
});
