import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../../embedded-neutron/src/resources/index.ts';
import { type JoinedVm, joinVm, makeNetwork, makeVm } from '../../test/support/scene.ts';
import { startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';
import { allowedRequests } from './allowed-requests.ts';

let broker: TestBroker;
let network: string;
let vm: JoinedVm;

beforeAll(async () => {
  // The number of requests in these tests must not reach the rate limit.
  broker = await startTestBroker('limits: { requests_per_second: 10000, burst: 100000 }\n');
  network = await makeNetwork(broker, '127.0.9.0/24');
  vm = await joinVm(broker, await makeVm(broker, network, '127.0.9.5'), { with_networks: true });
});
afterAll(async () => {
  vm[Symbol.dispose]();
  await broker[Symbol.asyncDispose]();
});

/** The status and the rule of a refusal. */
async function refusalOf(method: string, path: string, body?: unknown) {
  const answer = await vm.client.send(method, path, body);
  return [answer.status, /rule "(.*?)"/.exec(answer.body?.NeutronError?.message)?.[1]];
}

const ID = '00000000-0000-4000-8000-000000000000';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

/** Collections of Networking API v2.0 that embedded-neutron does not have. */
const stock =
  'routers floatingips floatingip_pools rbac-policies address-scopes address-groups agents availability_zones flavors service_profiles service-providers metering/metering-labels metering/metering-label-rules network-ip-availabilities qos/policies qos/rule-types log/logs log/loggable-resources segments network_segment_ranges conntrack_helpers local_ips ndp_proxies default-security-group-rules auto-allocated-topology vpn/vpnservices fwaas/firewall_groups bgpvpn/bgpvpns sfc/port_chains taas/tap_services'.split(
    ' ',
  );

/** Paths of every resource, below `/v2.0`. */
const paths = [...new Set([...resources.map(({ path }) => path), ...stock])].flatMap((name) => [
  `/${name}`,
  `/${name}.json`,
  `/${name}/${ID}`,
  `/${name}/${ID}.json`,
  ...[
    'tags',
    'tags/x',
    'add_subports',
    'remove_subports',
    'get_subports',
    'bindings',
    'add_router_interface',
  ].map((action) => `/${name}/${ID}/${action}`),
]);
const others = [
  '',
  '/',
  '/extensions/trunk',
  '/quotas',
  `/quotas/${ID}`,
  '/quotas/tenant.json',
  '/ports/',
  '/ports//x',
];

/** Whether the table has a request for the method and path. */
const isAllowed = (method: string, path: string) =>
  allowedRequests.some(
    (each) => each.method === method && each.path.replace('{id}', ID).replace('{project}', ID) === path,
  );

describe('every method and path of Neutron’s API outside the list', () => {
  const refused = [...paths, ...others].flatMap((path) =>
    METHODS.filter((method) => !isAllowed(method, path)).map((method) => [method, path] as const),
  );

  test(`is refused by its rule, and Neutron does not get it (${refused.length} requests)`, async () => {
    const sent = await countUpstream();
    const wrong: unknown[] = [];
    const send = async ([method, path]: (typeof refused)[number]) => {
      const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method);
      const answer = await vm.client.send(method, `/v2.0${path}`, hasBody ? {} : undefined);
      if (answer.status !== 403) wrong.push([method, path, answer.status]);
    };
    for (let at = 0; at < refused.length; at += 8) await Promise.all(refused.slice(at, at + 8).map(send));
    expect(wrong).toEqual([]);
    expect(await countUpstream()).toEqual(sent);
  });

  test('the quota of another project is refused', async () => {
    expect(await refusalOf('GET', `/v2.0/quotas/${ID}/details.json`)).toEqual([403, 'request']);
  });

  test.each([
    `/v2.0/ports/%2e%2e/networks`,
    `/v2.0/ports/..%2f..%2fnetworks`,
    `/v2.0/ports/${ID}%00`,
    `/v2.0/ports/a b`,
    `/v2.0//ports`,
    `/v2.0/ports;x=1`,
    `/V2.0/ports`,
    `/v2.1/ports`,
    `/v3/auth/tokens`,
  ])('the path %s finds nothing', async (path) => {
    const { status } = await vm.client.send('GET', path.replaceAll(' ', '%20'));
    expect([403, 404]).toContain(status);
  });
});

describe('forbidden fields, one by one', () => {
  /** Every other attribute of a port in Neutron with its extensions. */
  const portFields: Record<string, unknown> = {
    'binding:host_id': 'hv1',
    'binding:vnic_type': 'direct',
    'binding:vif_type': 'ovs',
    'binding:vif_details': {},
    'binding:profile': { parent_name: ID, tag: 1 },
    allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }],
    port_security_enabled: false,
    device_owner: 'network:dhcp',
    device_id: ID,
    project_id: ID,
    tenant_id: ID,
    id: ID,
    status: 'ACTIVE',
    dns_name: 'x',
    dns_domain: 'x.',
    extra_dhcp_opts: [],
    qos_policy_id: ID,
    propagate_uplink_status: true,
    numa_affinity_policy: 'required',
    hints: {},
    device_profile: 'x',
    revision_number: 1,
    created_at: 'x',
    trunk_details: {},
    __proto__x: {},
  };

  test.each(Object.entries(portFields))('%s of a new port', async (field, value) => {
    const body = { port: { network_id: network, [field]: value } };
    expect(await refusalOf('POST', '/v2.0/ports', body)).toEqual([403, 'field']);
    const bulk = { ports: [{ network_id: network }, { network_id: network, [field]: value }] };
    expect(await refusalOf('POST', '/v2.0/ports', bulk)).toEqual([403, 'field']);
  });

  test.each([
    ...Object.entries(portFields),
    ['network_id', ID],
    ['mac_address', 'fa:16:3e:00:00:01'],
    ['tags', []],
  ])('%s of a change', async (field, value) => {
    const body = { port: { [String(field)]: value } };
    expect(await refusalOf('PUT', `/v2.0/ports/${ID}`, body)).toEqual([403, 'field']);
  });

  test.each(
    Object.entries({
      shared: true,
      'router:external': true,
      project_id: ID,
      'provider:network_type': 'flat',
      port_security_enabled: false,
      is_default: true,
      dns_domain: 'x.',
      qos_policy_id: ID,
    }),
  )('%s of a new network', async (field, value) => {
    expect(await refusalOf('POST', '/v2.0/networks', { network: { [field]: value } })).toEqual([
      403,
      'field',
    ]);
  });

  test.each(
    Object.entries({
      project_id: ID,
      host_routes: [],
      dns_nameservers: ['1.1.1.1'],
      service_types: [],
      segment_id: ID,
    }),
  )('%s of a new subnet', async (field, value) => {
    const body = { subnet: { network_id: network, ip_version: 4, cidr: '10.1.0.0/24', [field]: value } };
    expect(await refusalOf('POST', '/v2.0/subnets', body)).toEqual([403, 'field']);
  });

  test.each([
    ['a segmentation type', { segmentation_type: 'inherit', segmentation_id: 1 }, 'body'],
    ['VLAN 0', { segmentation_type: 'vlan', segmentation_id: 0 }, 'body'],
    ['VLAN 4095', { segmentation_type: 'vlan', segmentation_id: 4095 }, 'body'],
    ['another field', { segmentation_type: 'vlan', segmentation_id: 1, mac_address: 'x' }, 'field'],
  ])('%s of a subport', async (_, fields, rule) => {
    const body = { sub_ports: [{ port_id: ID, ...fields }] };
    const answer = await refusalOf('PUT', `/v2.0/trunks/${vm.trunkId}/add_subports`, body);
    expect(answer[1]).toBe(rule);
  });

  test('in mode trunk, a binding:profile with the VM’s own port as the parent, and an empty one', async () => {
    for (const profile of [{ parent_name: vm.id, tag: 7 }, {}]) {
      const port = { network_id: network, 'binding:profile': profile };
      expect(await refusalOf('POST', '/v2.0/ports', { port })).toEqual([403, 'field']);
    }
  });

  test('a second resource beside the port, and a body of several kinds', async () => {
    const body = { port: { network_id: network }, network: {} };
    expect(await refusalOf('POST', '/v2.0/ports', body)).toEqual([403, 'field']);
  });

  test.each([
    ['POST', '/ports', { port: { description: 'mine' } }],
    ['POST', '/ports', { port: { tags: [`ovn-docker:vif=${ID}`] } }],
    ['POST', '/ports', { port: { description: `ovn-docker:vif=${ID}` } }],
    ['PUT', `/ports/${ID}`, { port: { description: '' } }],
    ['PUT', `/ports/${ID}`, { port: { description: `ovn-docker:vif=${ID}` } }],
    ['PUT', `/ports/${ID}/tags`, { tags: [`ovn-docker:vif=${ID}`] }],
    ['POST', '/networks', { network: { description: `ovn-docker:vif=${ID}` } }],
  ] as const)('%s %s cannot change a mark: %j', async (method, path, body) => {
    const whole =
      'port' in body && method === 'POST' ? { port: { network_id: network, ...body.port } } : body;
    expect(await refusalOf(method, `/v2.0${path}`, whole)).toEqual([403, 'mark']);
  });
});

describe('bodies and queries', () => {
  test.each([
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"port":null}',
    '{"ports":[]}',
    '{"ports":[null]}',
    '{"port":{"network_id":1}}',
    `{"port":${'['.repeat(100_000)}`,
  ])('a POST of the body %.40s is a 400', async (body) => {
    expect(await refusalOf('POST', '/v2.0/ports', body)).toEqual([400, 'body']);
  });

  test('a body of more than a mebibyte is a 413', async () => {
    const body = JSON.stringify({ port: { network_id: network, name: 'x'.repeat(2 ** 20) } });
    expect(await refusalOf('POST', '/v2.0/ports', body)).toEqual([413, 'body size']);
  });

  test.each([
    'sort_key=id',
    'sort_dir=desc',
    'page_reverse=True',
    'project_id=x',
    'tenant_id=x',
    'binding:host_id=hv1',
    'not-tags=x',
    'limit=-1',
    'limit=x',
    'marker=..%2fx',
    'unknown=1',
  ])('the query %s is refused', async (query) => {
    expect(await refusalOf('GET', `/v2.0/ports?${query}`)).toEqual([403, 'query']);
  });

  test('each refusal is one line of the audit trail, with VM, address, method, path and rule', async () => {
    broker.lines.length = 0;
    await refusalOf('DELETE', `/v2.0/routers/${ID}?x=1`);
    expect(broker.lines).toEqual([
      {
        audit: 'refused',
        vm: vm.id,
        invitation: vm.invitation,
        address: vm.address,
        method: 'DELETE',
        path: `/v2.0/routers/${ID}`,
        rule: 'request',
        reason: expect.stringContaining(`DELETE /v2.0/routers/${ID}`),
      },
    ]);
  });
});

/** The numbers of ports, networks, subnets and trunks in Neutron: no refused request may change them. */
async function countUpstream(): Promise<number[]> {
  const lists = ['ports', 'networks', 'subnets', 'trunks'] as const;
  const answers = await Promise.all(lists.map((path) => broker.cloud.call('alice', 'GET', path)));
  return answers.map(({ body }, index) => (body[lists[index] ?? 'ports'] ?? []).length);
}
