import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, type Person, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** Answers that a real Neutron 21 gave to generated requests (`npm run test:contract`, SEED 2, 5 and 6). */
let cloud: TestCloud;
const ids: Record<string, string> = {};
const ABSENT = '00000000-0000-0000-0000-000000000000';

const create = async (name: string, path: string, body: object) => {
  ids[name] = idOf(await cloud.call('alice', 'POST', path, body));
};
beforeAll(async () => {
  cloud = await startCloud();
  await create('net', 'networks', { network: {} });
  await create('sub', 'subnets', { subnet: { network_id: ids['net'], ip_version: 4, cidr: '10.60.0.0/24' } });
  await create('sg', 'security-groups', { security_group: { name: 'sg' } });
  for (const name of ['parent', 'c1', 'c2']) {
    await create(name, 'ports', { port: { network_id: ids['net'] } });
  }
  await create('trunk', 'trunks', { trunk: { port_id: ids['parent'] } });
});
afterAll(() => cloud[Symbol.asyncDispose]());

type Row = readonly [who: Person, ask: string, body: unknown, status: number, type: string | undefined];

/** A body that is text is sent unchanged. In path and body, `{name}` is an id. */
const rows: readonly Row[] = [
  ['bob', 'PUT security-groups/{net}', '{', 400, 'MalformedRequestBody'],
  ['alice', 'DELETE security-group-rules/{net}', '{"network": {}} x', 400, 'MalformedRequestBody'],
  ['alice', 'PUT trunks/{trunk}', 'true', 400, 'BadRequest'],
  ['alice', 'POST security-group-rules', '{}', 400, 'HTTPBadRequest'],
  ['bob', 'DELETE security-groups/{sg}', '{}', 400, 'HTTPBadRequest'],
  ['alice', `DELETE security-group-rules/${ABSENT}`, '"x"', 400, 'HTTPBadRequest'],
  ['bob', 'DELETE ports/{c1}', '"x"', 404, 'PortNotFound'],
  ['bob', 'PUT security-groups/{sg}/', undefined, 404, 'SecurityGroupNotFound'],
  ['bob', 'PUT networks/{net}', '{}', 404, 'NetworkNotFound'],
  ['alice', 'POST trunks/{net}', '[]', 400, 'HTTPBadRequest'],
  ['alice', 'POST trunks/{net}', '{}', 405, 'HTTPMethodNotAllowed'],
  ['bob', 'PATCH security-groups/{sg}/tags', '1.5', 404, 'TagResourceNotFound'],
  ['alice', 'PATCH security-groups/{sg}/tags', '1.5', 200, undefined],
  ['alice', 'PUT ports/{c1}/tags/', undefined, 400, 'InvalidInput'],
  ['admin', 'GET security-group-rules?not-tags=x', undefined, 400, 'HTTPBadRequest'],
  [
    'alice',
    'POST ports',
    { port: { network_id: '{net}', 'binding:host_id': null } },
    403,
    'PolicyNotAuthorized',
  ],
  ['bob', 'POST ports', { port: { network_id: '{net}', 'binding:host_id': null } }, 404, 'NetworkNotFound'],
  [
    'alice',
    'POST networks',
    { networks: [{ 'provider:physical_network': 'physnet1' }, { 'router:external': '{sg}' }] },
    400,
    'InvalidInput',
  ],
  [
    'alice',
    'POST security-group-rules',
    {
      security_group_rule: {
        security_group_id: '{sg}',
        direction: 'ingress',
        port_range_max: 'x',
        description: null,
      },
    },
    400,
    'SecurityGroupInvalidPortValue',
  ],
  [
    'alice',
    'PUT trunks/{trunk}/add_subports',
    {
      sub_ports: [
        { port_id: '{sg}', segmentation_id: 103, segmentation_type: 'vlan' },
        { port_id: '{c2}', segmentation_id: 'a,b', segmentation_type: 'vlan' },
      ],
    },
    404,
    'PortNotFound',
  ],
  [
    'bob',
    'PUT ports/{c1}',
    {
      port: {
        allowed_address_pairs: [
          { ip_address: '10.61.0.1', mac_address: 'fa:16:3e:60:00:01' },
          { ip_address: '10.61.0.1', mac_address: 'FA:16:3E:60:00:01' },
        ],
      },
    },
    404,
    'PortNotFound',
  ],
  ['bob', 'PUT subnets/{sub}', { subnet: { service_types: 0 } }, 404, 'SubnetNotFound'],
];

test.each(rows)('%s: %s %j gets %d %s', async (who, ask, body, status, type) => {
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (all, name: string) => ids[name] ?? all);
  const [method = '', path = ''] = fill(ask).split(' ');
  const content = typeof body === 'string' ? fill(body) : body && JSON.parse(fill(JSON.stringify(body)));
  const answer = await cloud.call(who, method, path, content);
  expect([answer.status, answer.body.NeutronError?.type]).toEqual([status, type]);
});

test('of several faults in a query, the core reports the limit before the order, an extension after it', async () => {
  const faults = async (path: string) => {
    const { body } = await cloud.call('alice', 'GET', `${path}?limit=x&sort_key=nosuch&sort_dir=asc`);
    return body.NeutronError?.type;
  };
  expect(await faults('networks')).toBe('BadRequest');
  expect(await faults('security-groups')).toBe('HTTPBadRequest');
  const { body } = await cloud.call('alice', 'GET', 'networks?nosuch=1&admin_state_up=x');
  expect(body.NeutronError?.type).toBe('InvalidInput');
});

test('only admins see the segment of a subnet', async () => {
  const { body } = await cloud.call('admin', 'GET', `subnets/${ids['sub']}`);
  expect(body.subnet).toMatchObject({ segment_id: null });
  expect((await cloud.call('alice', 'GET', `subnets/${ids['sub']}`)).body.subnet).not.toHaveProperty(
    'segment_id',
  );
});
