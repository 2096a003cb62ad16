import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** Names that every JavaScript object inherits: a lookup by a client's name in an object would find them. */
const inherited = Object.getOwnPropertyNames(Object.prototype);

let cloud: TestCloud;
let network: string;
let port: string;
let group: string;
beforeAll(async () => {
  cloud = await startCloud({ network: { physical_networks: { physnet1: {} } } });
  network = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
  port = idOf(await cloud.call('alice', 'POST', 'ports', { port: { network_id: network } }));
  group = idOf(await cloud.call('alice', 'POST', 'security-groups', { security_group: {} }));
}, 60_000);
afterAll(() => cloud[Symbol.asyncDispose]());

/** Objects are written as text, because `{ __proto__: 1 }` would set a prototype. */
const object = (name: string, value: unknown) => `{${JSON.stringify(name)}: ${JSON.stringify(value)}}`;

describe.each(inherited)('%s', (name) => {
  const status = async (person: 'alice' | 'admin', method: string, path: string, body?: string) =>
    (await cloud.call(person, method, path, body)).status;

  test('is no filter, sort key, field, id, extension, collection or member', async () => {
    expect(await status('alice', 'GET', `ports?${name}=1`)).toBe(400);
    expect(await status('alice', 'GET', `ports?sort_key=${name}&sort_dir=asc`)).toBe(400);
    expect(await status('alice', 'GET', `ports?sort_key=name&sort_dir=${name}`)).toBe(400);
    expect((await cloud.call('alice', 'GET', `ports?fields=${name}`)).body).toEqual({ ports: [{}] });
    expect((await cloud.call('alice', 'GET', `ports/${port}?fields=${name}`)).body).toEqual({ port: {} });
    for (const path of [`networks/${name}`, `extensions/${name}`, name, `networks/${network}/${name}`]) {
      expect(await status('alice', 'GET', path)).toBe(404);
    }
    expect(await status('alice', 'DELETE', `security-group-rules/${name}`)).toBe(404);
    expect(await status('alice', 'PUT', `trunks/${name}/add_subports`, '{"sub_ports":[]}')).toBe(404);
  });

  test('is no attribute of a body or of its parts', async () => {
    const bad = object(name, 1);
    for (const [method, path, body] of [
      ['POST', 'networks', bad],
      ['POST', 'networks', `{"network":${bad}}`],
      ['POST', 'networks', `{"networks":[${bad}]}`],
      ['PUT', `networks/${network}`, `{"network":${bad}}`],
      ['POST', 'subnets', `{"subnet":${bad}}`],
      ['POST', 'ports', `{"port":{"network_id":"${network}","fixed_ips":[${bad}]}}`],
      ['POST', 'ports', `{"port":{"network_id":"${network}","allowed_address_pairs":[${bad}]}}`],
      ['POST', 'ports', `{"port":{"network_id":"${network}","extra_dhcp_opts":[${bad}]}}`],
      ['POST', 'trunks', `{"trunk":{"port_id":"${port}","sub_ports":[${bad}]}}`],
      ['PUT', `networks/${network}/tags`, bad],
      ['PUT', `quotas/${name}`, `{"quota":${bad}}`],
    ] as const) {
      expect([body, await status('admin', method, path, body)]).toEqual([body, 400]);
    }
  });

  test('is no value that stands for something else', async () => {
    const rule = { security_group_id: group, direction: 'ingress' };
    for (const values of [
      { protocol: name },
      { ethertype: name },
      { direction: name },
      { port_range_min: name },
    ]) {
      const body = JSON.stringify({ security_group_rule: { ...rule, ...values } });
      expect(await status('alice', 'POST', 'security-group-rules', body)).toBe(400);
    }
    for (const type of ['flat', 'vlan', name]) {
      const provider = { 'provider:network_type': type, 'provider:physical_network': name };
      expect(await status('admin', 'POST', 'networks', JSON.stringify({ network: provider }))).toBe(400);
    }
  });

  test('is a name like any other where clients choose names', async () => {
    expect(await status('alice', 'PUT', `networks/${network}/tags/${name}`)).toBe(201);
    expect((await cloud.call('alice', 'GET', `networks?tags=${name}`)).body.networks).toHaveLength(1);
    expect(await status('admin', 'DELETE', `quotas/${name}`)).toBe(404);
    const quota = await cloud.call('admin', 'GET', `quotas/${name}`);
    expect(quota.body.quota).toMatchObject({ network: 500 });
    const body = `{"port":{"network_id":"${network}","binding:profile":${object(name, 'x')}}}`;
    const made = await cloud.call('alice', 'POST', 'ports', body);
    expect(Object.entries(made.body.port?.['binding:profile'] ?? {})).toEqual([[name, 'x']]);
    expect(await status('alice', 'DELETE', `ports/${idOf(made)}`)).toBe(204);
  });
});
