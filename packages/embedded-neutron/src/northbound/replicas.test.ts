import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startNorthbound, type TestNorthbound } from '../../test/support/northbound.ts';
import { type Answer, idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** Two replicas of the service on one database. */
let nb: TestNorthbound;
let clouds: readonly [TestCloud, TestCloud];
let network: string;
let parent: string;

beforeAll(async () => {
  nb = await startNorthbound();
  clouds = [await startCloud({ nb }), await startCloud({ nb })];
  const [a, b] = clouds;
  network = idOf(await a.call('alice', 'POST', 'networks', { network: { name: 'n' } }));
  // Just enough for 51 ports, so that concurrent choices are likely to collide. Later tests enlarge the pool.
  const allocation_pools = [{ start: '10.0.0.10', end: '10.0.0.60' }];
  const subnet = { network_id: network, ip_version: 4, cidr: '10.0.0.0/24', allocation_pools };
  await a.call('alice', 'POST', 'subnets', { subnet });
  parent = idOf(await a.call('alice', 'POST', 'ports', { port: { network_id: network } }));
  // OVSDB sends the port to the other replica. Wait until it arrives.
  await vi.waitFor(async () => expect((await b.call('alice', 'GET', `ports/${parent}`)).status).toBe(200));
});

afterAll(async () => {
  for (const cloud of clouds) await cloud[Symbol.asyncDispose]();
  await nb[Symbol.asyncDispose]();
});

const types = (answers: readonly Answer[]) =>
  answers.map((answer) => answer.body.NeutronError?.type ?? answer.status);
const either = (i: number): TestCloud => (i % 2 === 0 ? clouds[0] : clouds[1]);

describe('two replicas on one database', () => {
  test('50 concurrent ports get different addresses and MACs', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        either(i).call('alice', 'POST', 'ports', { port: { network_id: network } }),
      ),
    );
    expect(types(answers)).toEqual(Array(50).fill(201));
    const ports = answers.flatMap((answer) => answer.body.port ?? []);
    expect(new Set(ports.map((port) => port.mac_address)).size).toBe(50);
    expect(new Set(ports.map((port) => port.fixed_ips[0]?.ip_address)).size).toBe(50);
    const more = { subnet: { allocation_pools: [{ start: '10.0.0.10', end: '10.0.0.250' }] } };
    const subnet = ports[0]?.fixed_ips[0]?.subnet_id;
    expect((await clouds[0].call('alice', 'PUT', `subnets/${subnet}`, more)).status).toBe(200);
    await expect
      .poll(async () => (await clouds[1].call('alice', 'GET', `subnets/${subnet}`)).body.subnet)
      .toMatchObject(more.subnet);
  });

  test('of 10 concurrent requests for one tag, one succeeds', async () => {
    const port = { network_id: network, 'binding:profile': { parent_name: parent, tag: 100 } };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => either(i).call('alice', 'POST', 'ports', { port })),
    );
    expect(types(answers).toSorted()).toEqual([201, ...Array(9).fill('ParentTagInUse')].toSorted());
  });

  test('a subport and a nested port cannot have the same tag under one parent', async () => {
    const [a, b] = clouds;
    const made = await a.call('alice', 'POST', 'trunks', { trunk: { port_id: parent } });
    const ids = await Promise.all(
      [0, 1, 2, 3].map(async () =>
        idOf(await b.call('alice', 'POST', 'ports', { port: { network_id: network } })),
      ),
    );
    await expect.poll(async () => (await b.call('alice', 'GET', `trunks/${idOf(made)}`)).status).toBe(200);
    await expect.poll(async () => (await a.call('alice', 'GET', `ports/${ids[3]}`)).status).toBe(200);
    const tag = randomInt(200, 4000);
    const answers = await Promise.all(
      ids.map((port_id, i) =>
        i < 2
          ? either(i).call('alice', 'PUT', `trunks/${idOf(made)}/add_subports`, {
              sub_ports: [{ port_id, segmentation_type: 'vlan', segmentation_id: tag }],
            })
          : either(i).call('alice', 'PUT', `ports/${port_id}`, {
              port: { 'binding:profile': { parent_name: parent, tag } },
            }),
      ),
    );
    expect(types(answers).filter((type) => type === 200)).toHaveLength(1);
    const tags = nb.nbctl('--bare', '--columns=tag', 'find', 'Logical_Switch_Port', `parent_name=${parent}`);
    const used = tags.split('\n').filter((line) => line !== '');
    expect(used.filter((line) => line === String(tag))).toHaveLength(1);
  });

  test('concurrent requests exceed neither the addresses of a subnet nor a quota', async () => {
    const [a, b] = clouds;
    const own = idOf(await a.call('bob', 'POST', 'networks', { network: { name: 'b' } }));
    const subnet = { network_id: own, ip_version: 4, cidr: '10.1.0.0/29', gateway_ip: null };
    await a.call('bob', 'POST', 'subnets', { subnet });
    await expect.poll(async () => (await b.call('bob', 'GET', 'subnets')).body.subnets?.length).toBe(1);
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        either(i).call('bob', 'POST', 'ports', { port: { network_id: own } }),
      ),
    );
    expect(types(answers).toSorted()).toEqual([
      ...Array(6).fill(201),
      ...Array(3).fill('IpAddressGenerationFailure'),
    ]);
    const project = answers.find((answer) => answer.status === 201)?.body.port?.project_id;
    await a.call('admin', 'PUT', `quotas/${project}`, { quota: { network: 3 } });
    const networks = await Promise.all(
      Array.from({ length: 6 }, (_, i) => either(i).call('bob', 'POST', 'networks', { network: {} })),
    );
    expect(types(networks).toSorted()).toEqual([201, 201, ...Array(4).fill('OverQuota')]);
  });

  test('of concurrent updates of one revision, one succeeds', async () => {
    const { body } = await clouds[1].call('alice', 'GET', `networks/${network}`);
    const revision = body.network?.revision_number;
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        either(i).call(
          'alice',
          'PUT',
          `networks/${network}`,
          { network: { name: `name-${i}` } },
          { 'If-Match': `revision_number=${revision}` },
        ),
      ),
    );
    expect(types(answers).toSorted()).toEqual([200, ...Array(5).fill('RevisionNumberConstraintFailed')]);
  });

  test('a project has one default group, even if both replicas list groups first', async () => {
    await Promise.all(
      Array.from({ length: 6 }, (_, i) => either(i).call('admin', 'GET', 'security-groups?name=default')),
    );
    const list = await clouds[0].call('admin', 'GET', 'security-groups?name=default');
    const projects = list.body.security_groups?.map((group) => group.project_id) ?? [];
    expect(new Set(projects).size).toBe(projects.length);
    expect(projects).toHaveLength(3);
  });
});
