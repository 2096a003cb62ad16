import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';
import { ports } from '../resources/port/resource.ts';
import type { Wire } from './resource.ts';

/** Ports that differ in everything that an index of ports knows. */
let cloud: TestCloud;
let all: readonly Wire[];
let queries: readonly string[];

beforeAll(async () => {
  cloud = await startCloud();
  const post = async (path: string, body: object) => idOf(await cloud.call('alice', 'POST', path, body));
  const networks = [
    await post('networks', { network: { name: 'a' } }),
    await post('networks', { network: { name: 'b' } }),
  ];
  const subnets = await Promise.all(
    networks.map((network_id) =>
      post('subnets', { subnet: { network_id, ip_version: 4, cidr: '10.0.0.0/24' } }),
    ),
  );
  const group = await post('security-groups', { security_group: { name: 'g' } });
  const made = Array.from({ length: 150 }, (_, index) => ({
    network_id: networks[index % 2],
    name: `n${index % 5}`,
    device_id: `d${index % 7}`,
    tags: [`t${index % 3}`, 'all'],
    ...(index % 4 === 0 && { security_groups: [group] }),
  }));
  expect((await cloud.call('alice', 'POST', 'ports', { ports: made })).status).toBe(201);
  all = ((await cloud.call('alice', 'GET', 'ports')).body.ports ?? []) as unknown as readonly Wire[];
  const [first, second] = all as [Wire, Wire];
  const ip = (first['fixed_ips'] as { ip_address: string }[])[0]?.ip_address;
  queries = [
    `id=${first['id']}`,
    `id=${first['id']}&id=${second['id']}&id=none`,
    'name=n1',
    'name=n1&name=n2&device_id=d3',
    'name=none',
    `network_id=${networks[1]}`,
    `network_id=${networks[0]}&name=n0`,
    `mac_address=${first['mac_address']}`,
    `mac_address=${String(first['mac_address']).toUpperCase()}`,
    'device_id=d1&device_id=d2',
    `security_groups=${group}`,
    'tags=t1',
    'tags=all,t2',
    'tags=t2,none',
    'tags-any=t0,t1',
    'not-tags=t0',
    `fixed_ips=ip_address=${ip}`,
    `fixed_ips=ip_address=${ip}&fixed_ips=subnet_id=${subnets[0]}`,
    `fixed_ips=subnet_id=${subnets[1]}`,
    'fixed_ips=ip_address_substr=.1',
    `project_id=${first['project_id']}&name=n4`,
    'tenant_id=none',
  ];
});
afterAll(() => cloud[Symbol.asyncDispose]());

test('each query finds what its filters find among all ports, in the order of the ids', async () => {
  expect(all).toHaveLength(150);
  expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted());
  for (const query of queries) {
    const parameters = new URLSearchParams(query);
    const tests = [...new Set(parameters.keys())].map((name) =>
      ports.filters.get(name)?.(parameters.getAll(name), name, undefined as never),
    );
    const expected = all.filter((item) => tests.every((matches) => matches?.(item)));
    const answer = await cloud.call('alice', 'GET', `ports?${query}`);
    expect(answer.body.ports, query).toEqual(expected);
    const page = await cloud.call('alice', 'GET', `ports?${query}&limit=3&fields=id`);
    expect(page.body.ports, query).toEqual(expected.slice(0, 3).map(({ id }) => ({ id })));
  }
});

test('a list follows changed and deleted ports', async () => {
  const [first] = all as [Wire];
  const found = async (query: string) =>
    (await cloud.call('alice', 'GET', `ports?${query}`)).body.ports?.length;
  await cloud.call('alice', 'PUT', `ports/${first['id']}`, { port: { device_id: 'moved', name: 'moved' } });
  expect(await found('device_id=moved')).toBe(1);
  expect(await found(`name=${first['name']}&id=${first['id']}`)).toBe(0);
  await cloud.call('alice', 'DELETE', `ports/${first['id']}`);
  expect(await found('device_id=moved')).toBe(0);
  expect(await found('limit=1000')).toBe(149);
});
