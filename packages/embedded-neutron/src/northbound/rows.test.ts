import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** The rows in OVN Northbound, as OVN's own tool reads them. */
let cloud: TestCloud;
let network: string;

beforeAll(async () => {
  cloud = await startCloud();
  network = idOf(await cloud.call('alice', 'POST', 'networks', { network: { name: 'n', mtu: 1400 } }));
  const routes = [{ destination: '10.9.0.0/16', nexthop: '10.0.0.254' }];
  const subnet = {
    network_id: network,
    ip_version: 4,
    cidr: '10.0.0.0/24',
    dns_nameservers: ['9.9.9.9'],
    host_routes: routes,
  };
  expect((await cloud.call('alice', 'POST', 'subnets', { subnet })).status).toBe(201);
});
afterAll(() => cloud[Symbol.asyncDispose]());

const column = (table: string, record: string, name: string) =>
  cloud.nb.nbctl('--bare', 'get', table, record, name).trim();
const port = async (attributes: object) => {
  const answer = await cloud.call('alice', 'POST', 'ports', { port: { network_id: network, ...attributes } });
  if (!answer.body.port) throw new Error(JSON.stringify(answer.body));
  return answer.body.port;
};
/** The names of the ports in a Port_Group. */
const members = (group: string) => {
  const uuids = cloud.nb
    .nbctl('--bare', '--columns=ports', 'find', 'Port_Group', `name=${group}`)
    .trim()
    .split(' ');
  return uuids
    .filter((uuid) => uuid !== '')
    .map((uuid) => column('Logical_Switch_Port', uuid, 'name').replaceAll('"', ''));
};

test('a network is a switch whose ports have the keys of ML2/OVN', async () => {
  const made = await port({ name: 'vm', fixed_ips: [{ ip_address: '10.0.0.5' }] });
  expect(cloud.nb.nbctl('--bare', 'ls-list')).toContain(`neutron-${network}`);
  expect(column('Logical_Switch_Port', made.id, 'addresses')).toBe(`["${made.mac_address} 10.0.0.5"]`);
  expect(column('Logical_Switch_Port', made.id, 'port_security')).toBe(`["${made.mac_address} 10.0.0.5"]`);
  expect(column('Logical_Switch_Port', made.id, 'external_ids:neutron\\:cidrs')).toBe('"10.0.0.5/24"');
  expect(column('Logical_Switch_Port', made.id, 'external_ids:neutron\\:network_name')).toBe(
    `neutron-${network}`,
  );
});

test('a port refers to the DHCP options of its subnet while enable_dhcp is true', async () => {
  const made = await port({});
  const subnet = made.fixed_ips[0]?.subnet_id;
  const options = column('Logical_Switch_Port', made.id, 'dhcpv4_options').replaceAll(/[[\]]/g, '');
  const sent = column('DHCP_Options', options, 'options');
  for (const pair of [
    'server_id="10.0.0.1"',
    'router="10.0.0.1"',
    'mtu="1400"',
    'dns_server="{9.9.9.9}"',
    'classless_static_route="{10.9.0.0/16,10.0.0.254, 0.0.0.0/0,10.0.0.1}"',
  ]) {
    expect(sent).toContain(pair);
  }
  await cloud.call('alice', 'PUT', `subnets/${subnet}`, { subnet: { enable_dhcp: false } });
  expect(column('Logical_Switch_Port', made.id, 'dhcpv4_options')).toBe('[]');
  await cloud.call('alice', 'PUT', `subnets/${subnet}`, { subnet: { enable_dhcp: true } });
  expect(column('Logical_Switch_Port', made.id, 'dhcpv4_options')).toContain(options);
});

test('a port without port security has unknown addresses and no groups', async () => {
  const made = await port({ port_security_enabled: false });
  expect(column('Logical_Switch_Port', made.id, 'addresses')).toContain('unknown');
  expect(column('Logical_Switch_Port', made.id, 'port_security')).toBe('[]');
  expect(members('neutron_pg_drop')).not.toContain(made.id);
  await cloud.call('alice', 'PUT', `ports/${made.id}`, { port: { port_security_enabled: true } });
  expect(column('Logical_Switch_Port', made.id, 'addresses')).not.toContain('unknown');
  expect(members('neutron_pg_drop')).toContain(made.id);
});

test('ports are members of the Port_Groups of their security groups, and move between them', async () => {
  const group = idOf(await cloud.call('alice', 'POST', 'security-groups', { security_group: { name: 'g' } }));
  const made = await port({});
  const inGroup = `pg_${group.replaceAll('-', '_')}`;
  const inDefault = `pg_${made.security_groups?.[0]?.replaceAll('-', '_')}`;
  expect([members(inDefault).includes(made.id), members(inGroup).includes(made.id)]).toEqual([true, false]);
  await cloud.call('alice', 'PUT', `ports/${made.id}`, { port: { security_groups: [group] } });
  expect([members(inDefault).includes(made.id), members(inGroup).includes(made.id)]).toEqual([false, true]);
  await cloud.call('alice', 'DELETE', `ports/${made.id}`);
  expect(members(inGroup)).toEqual([]);
});

test('binding:profile sets parent and tag, and an empty one clears them', async () => {
  const vm = await port({});
  const made = await port({ 'binding:profile': { parent_name: vm.id, tag: 42, note: 'x' } });
  expect(column('Logical_Switch_Port', made.id, 'parent_name')).toContain(vm.id);
  expect(column('Logical_Switch_Port', made.id, 'tag')).toBe('42');
  const cleared = await cloud.call('alice', 'PUT', `ports/${made.id}`, { port: { 'binding:profile': {} } });
  expect(cleared.body.port?.['binding:profile']).toEqual({});
  expect(column('Logical_Switch_Port', made.id, 'tag')).toBe('[]');
});

test('a provider network has a localnet port with its VLAN', async () => {
  const requested = {
    'provider:network_type': 'vlan',
    'provider:physical_network': 'physnet1',
    'provider:segmentation_id': 12,
    shared: true,
  };
  const answer = await cloud.call('admin', 'POST', 'networks', { network: requested });
  expect(answer.body.network).toMatchObject({ ...requested, mtu: 1500 });
  const [localnet] = cloud.nb
    .nbctl('--bare', '--columns=name', 'find', 'Logical_Switch_Port', 'type=localnet')
    .trim()
    .split('\n');
  expect(column('Logical_Switch_Port', localnet ?? '', 'options:network_name')).toBe('physnet1');
  expect(column('Logical_Switch_Port', localnet ?? '', 'tag')).toBe('12');
});

test('the status follows what OVN reports', async () => {
  const vm = await port({});
  const status = async () => (await cloud.call('alice', 'GET', `ports/${vm.id}`)).body.port?.status;
  expect(vm.status).toBe('DOWN');
  for (const [up, expected] of [
    ['true', 'ACTIVE'],
    ['false', 'DOWN'],
  ] as const) {
    cloud.nb.nbctl('set', 'Logical_Switch_Port', vm.id, `up=${up}`);
    await expect.poll(status).toBe(expected);
  }
});
