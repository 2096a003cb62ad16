import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAsRecorded, recording } from '../../test/support/recorded.ts';
import { idOf, type Person, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';
import { resources } from '../resources/index.ts';

/**
 * Makes the calls that were made to a real Neutron, in the same order, and expects the recorded answers:
 * status, error type and message, or the keys of the resource. Comments in the tests state the intended
 * differences.
 */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud[Symbol.asyncDispose]());

const ABSENT = '00000000-0000-0000-0000-000000000000';
/** Unlike in Neutron, tenants see binding:profile, because they may write it. */
const PORT_EXTRA = ['binding:profile'];
/** The quotas of resources that the recorded Neutron does not serve. */
const QUOTA_EXTRA = resources
  .map(({ singular }) => singular)
  .filter((name) => !recording('nt-quota-show').keys?.includes(name));

const call = (
  person: Person,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => cloud.call(person, method, path, body, headers);
const post = (path: string, body: unknown, person: Person = 'alice') => call(person, 'POST', path, body);
const put = (path: string, body: unknown, person: Person = 'alice', headers?: Record<string, string>) =>
  call(person, 'PUT', path, body, headers);
const get = (path: string, person: Person = 'alice') => call(person, 'GET', path);
const remove = (path: string, person: Person = 'alice', headers?: Record<string, string>) =>
  call(person, 'DELETE', path, undefined, headers);
/** Ids that later calls use. */
const ids: Record<string, string> = {};

describe('discovery', () => {
  test('versions, resources and extensions are as recorded', async () => {
    const { networkUrl } = cloud.service;
    const versions = await fetch(`${networkUrl}/`);
    expect(await versions.json()).toEqual({
      versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${networkUrl}/v2.0/` }] }],
    });
    expect((await get('')).status).toBe(200);
    const token = await cloud.token('alice');
    expect((await fetch(`${networkUrl}/v2.0`, { headers: { 'X-Auth-Token': token } })).status).toBe(404);
    expectAsRecorded('nt-extension-trunk', await get('extensions/trunk'));
    const missing = await get('extensions/nosuch');
    expect([missing.status, missing.body.code]).toEqual([404, '404 Not Found']);
    const { body } = await get('extensions');
    const aliases = body.extensions?.map((extension) => extension.alias);
    expect(aliases).toContain('container-parent-binding');
    expect(aliases).toContain('trunk-details');
  });

  test('requests without token, resource or JSON are refused', async () => {
    expectAsRecorded(
      'nt-no-token-401',
      await call('alice', 'GET', 'ports', undefined, { 'X-Auth-Token': '' }),
    );
    const bad = await call('alice', 'GET', 'ports', undefined, { 'X-Auth-Token': 'bogus' });
    expectAsRecorded('nt-bad-token-401', bad);
    expect(bad.headers.get('WWW-Authenticate')).toBe(`Keystone uri="${cloud.service.identityUrl}/v3"`);
    expect(bad.headers.get('X-Openstack-Request-Id')).toMatch(/^req-[0-9a-f-]{36}$/);
    expectAsRecorded('nt-unknown-collection-404', await get('nosuch'));
    expectAsRecorded('nt-bad-method', await call('alice', 'PATCH', 'ports'));
    expectAsRecorded('nt-bad-json-400', await post('ports', '{not json'));
    expectAsRecorded('nt-wrong-root-400', await post('ports', { prt: {} }));
  });
});

describe('networks and subnets', () => {
  test('networks are created or refused as recorded', async () => {
    const requested = { name: 'a-net', description: 'd', mtu: 1400, port_security_enabled: true };
    const made = await post('networks', { network: requested });
    expectAsRecorded('nt-network-create', made);
    ids['net'] = idOf(made);
    for (const [name, network] of [
      ['nt-network-provider-attr-as-tenant-403', { name: 'p', 'provider:network_type': 'vlan' }],
      ['nt-network-shared-as-tenant-403', { name: 's', shared: true }],
      ['nt-network-unknown-attr-400', { name: 'p', nosuch: 1 }],
      ['nt-network-bad-value-400', { name: 'm', admin_state_up: 'abc' }],
    ] as const) {
      expectAsRecorded(name, await post('networks', { network }));
    }
    const provider = {
      name: 'admin-prov',
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet1',
      'router:external': true,
    };
    expectAsRecorded('nt-network-provider-admin', await post('networks', { network: provider }, 'admin'));
    // In Neutron 21 readers may write by default; here they never may.
    const refused = await post('networks', { network: { name: 'r' } }, 'reader');
    expect([refused.status, refused.body.NeutronError?.type]).toEqual([403, 'PolicyNotAuthorized']);
  });

  test('subnets are created or refused as recorded', async () => {
    const network_id = ids['net'];
    const v4 = {
      network_id,
      ip_version: 4,
      cidr: '10.11.0.0/24',
      name: 'a-sub',
      dns_nameservers: ['9.9.9.9'],
      host_routes: [{ destination: '10.99.0.0/16', nexthop: '10.11.0.254' }],
      // Ports get random addresses from this pool. The exchanges request addresses outside it.
      allocation_pools: [{ start: '10.11.0.100', end: '10.11.0.250' }],
    };
    const made = await post('subnets', { subnet: v4 });
    expectAsRecorded('nt-subnet-create-v4', made);
    ids['sub'] = idOf(made);
    for (const [name, subnet] of [
      ['nt-subnet-overlap-400', { network_id, ip_version: 4, cidr: '10.11.0.0/25' }],
      ['nt-subnet-bad-cidr-400', { network_id, ip_version: 4, cidr: '10.11.0.1/33' }],
      ['nt-subnet-version-mismatch-400', { network_id, ip_version: 6, cidr: '10.12.0.0/24' }],
      ['nt-subnet-net-404', { network_id: ABSENT, ip_version: 4, cidr: '10.12.0.0/24' }],
    ] as const) {
      expectAsRecorded(name, await post('subnets', { subnet }));
    }
    const v6 = await post('subnets', { subnet: { network_id, ip_version: 6, cidr: 'fd00:11::/64' } });
    expectAsRecorded('nt-subnet-create-v6-dhcpv6less', v6);
    expect(v6.body.subnet).toMatchObject({
      gateway_ip: 'fd00:11::',
      allocation_pools: [{ start: 'fd00:11::1', end: 'fd00:11::ffff:ffff:ffff:ffff' }],
    });
    ids['sub6'] = idOf(v6);
    const modes = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
    const slaac = await post('subnets', {
      subnet: { network_id, ip_version: 6, cidr: 'fd00:12::/64', ...modes },
    });
    expectAsRecorded('nt-subnet-create-v6-slaac', slaac);
    const bulk = ['10.21.0.0/24', '10.22.0.0/24'].map((cidr) => ({ network_id, ip_version: 4, cidr }));
    const both = await post('subnets', { subnets: bulk });
    expectAsRecorded('nt-subnet-bulk', both);
    for (const subnet of both.body.subnets ?? []) {
      expectAsRecorded('nt-subnet-delete', await remove(`subnets/${subnet.id}`));
    }
    const plain = { network_id, ip_version: 4, cidr: '10.31.0.0/24', gateway_ip: null, enable_dhcp: false };
    const without = await post('subnets', { subnet: plain });
    expectAsRecorded('nt-subnet-no-gateway', without);
    expect(without.body.subnet?.allocation_pools).toEqual([{ start: '10.31.0.1', end: '10.31.0.254' }]);
    await remove(`subnets/${idOf(without)}`);
  });
});

describe('security groups', () => {
  test('groups and rules are created or refused as recorded', async () => {
    const list = await get('security-groups');
    expectAsRecorded('nt-sg-list-default', list);
    expect(list.body.security_groups?.[0]?.security_group_rules).toHaveLength(4);
    ids['default'] = list.body.security_groups?.[0]?.id ?? '';
    const made = await post('security-groups', { security_group: { name: 'web', description: 'x' } });
    expectAsRecorded('nt-sg-create', made);
    expect(made.body.security_group?.security_group_rules).toHaveLength(2);
    const security_group_id = idOf(made);
    ids['sg'] = security_group_id;
    const base = { security_group_id, direction: 'ingress' };
    const http = { ...base, ethertype: 'IPv4', protocol: 'tcp', port_range_min: 80, port_range_max: 80 };
    const open = { security_group_rule: { ...http, remote_ip_prefix: '0.0.0.0/0' } };
    expectAsRecorded('nt-sgr-create', await post('security-group-rules', open));
    expectAsRecorded('nt-sgr-duplicate-409', await post('security-group-rules', open));
    const members = { ...base, ethertype: 'IPv4', protocol: 'tcp', remote_group_id: security_group_id };
    expectAsRecorded(
      'nt-sgr-remote-group',
      await post('security-group-rules', { security_group_rule: members }),
    );
    const several = [
      { ...base, ethertype: 'IPv6', protocol: 'tcp', port_range_min: 81, port_range_max: 90 },
      { ...base, ethertype: 'IPv4', protocol: 'udp', port_range_min: 53, port_range_max: 53 },
    ];
    expectAsRecorded('nt-sgr-bulk', await post('security-group-rules', { security_group_rules: several }));
    const upsideDown = { ...base, port_range_min: 80, port_range_max: 70, protocol: 'tcp' };
    const bad = await post('security-group-rules', { security_group_rule: upsideDown });
    expectAsRecorded('nt-sgr-bad-range-400', bad);
  });
});

describe('ports', () => {
  const network = () => ({ network_id: ids['net'] });

  test('ports are created or refused as recorded', async () => {
    const vm = await post('ports', {
      port: {
        ...network(),
        name: 'vm1',
        device_owner: 'compute:nova',
        device_id: 'vm-1',
        fixed_ips: [{ subnet_id: ids['sub'], ip_address: '10.11.0.50' }],
        security_groups: [ids['sg']],
      },
    });
    expectAsRecorded('nt-port-create-fixed-ip', vm, PORT_EXTRA);
    ids['vm'] = idOf(vm);
    const mac = vm.body.port?.mac_address;
    for (const [name, port] of [
      ['nt-port-ip-in-use-409', { fixed_ips: [{ subnet_id: ids['sub'], ip_address: '10.11.0.50' }] }],
      ['nt-port-ip-not-in-any-subnet-400', { fixed_ips: [{ ip_address: '192.0.2.7' }] }],
      ['nt-port-ip-not-in-subnet-400', { fixed_ips: [{ subnet_id: ids['sub'], ip_address: '192.0.2.7' }] }],
      ['nt-port-bad-mac-400', { mac_address: 'zz' }],
      ['nt-port-sg-404', { security_groups: [ABSENT] }],
      ['nt-port-net-404', { network_id: ABSENT }],
      ['nt-port-no-ps-with-sg-400', { port_security_enabled: false, security_groups: [ids['sg']] }],
      ['nt-port-bad-dns-name-400', { dns_name: 'bad_name!' }],
      ['nt-port-binding-host-as-tenant-403', { 'binding:host_id': 'hv1' }],
      ['nt-port-for-other-project-403', { tenant_id: '0'.repeat(32) }],
      ['nt-port-name-too-long-400', { name: 'x'.repeat(256) }],
      [
        'nt-port-too-many-aap-400',
        { allowed_address_pairs: Array.from({ length: 11 }, (_, i) => ({ ip_address: `10.77.${i}.0/24` })) },
      ],
    ] as const) {
      expectAsRecorded(name, await post('ports', { port: { ...network(), ...port } }));
    }
    // The recorded message contains another MAC.
    const taken = await post('ports', { port: { ...network(), mac_address: mac } });
    expect([taken.status, taken.body.NeutronError?.type]).toEqual([409, 'MacAddressInUse']);
  });

  test('ports get addresses, pairs, names and hosts as recorded', async () => {
    const dual = await post('ports', {
      port: {
        ...network(),
        name: 'dual',
        fixed_ips: [{ subnet_id: ids['sub'] }, { subnet_id: ids['sub6'] }],
      },
    });
    expectAsRecorded('nt-port-dual-stack', dual, PORT_EXTRA);
    expect(dual.body.port?.fixed_ips).toHaveLength(3);
    ids['dual'] = idOf(dual);
    const auto = await post('ports', { port: { ...network(), name: 'auto' } });
    expectAsRecorded('nt-port-auto-allocation', auto, PORT_EXTRA);
    expect(auto.body.port?.fixed_ips?.map((ip) => ip.ip_address.split(':')[1])).toEqual([
      undefined,
      '11',
      '12',
    ]);
    const off = await post('ports', { port: { ...network(), name: 'nops', port_security_enabled: false } });
    expectAsRecorded('nt-port-no-port-security', off, PORT_EXTRA);
    expect(off.body.port?.security_groups).toEqual([]);
    const pairs = [
      { ip_address: '10.77.0.0/24' },
      { ip_address: '10.11.0.99', mac_address: 'fa:16:3e:00:00:99' },
    ];
    const aap = await post('ports', { port: { ...network(), name: 'aap', allowed_address_pairs: pairs } });
    expectAsRecorded('nt-port-allowed-address-pairs', aap, PORT_EXTRA);
    ids['aap'] = idOf(aap);
    const none = await post('ports', { port: { ...network(), name: 'noip', fixed_ips: [] } });
    expectAsRecorded('nt-port-no-ip', none, PORT_EXTRA);
    expect(none.body.port?.fixed_ips).toEqual([]);
    const named = await post('ports', { port: { ...network(), name: 'dns', dns_name: 'web1' } });
    expectAsRecorded('nt-port-dns-name', named, PORT_EXTRA);
    expect(named.body.port).toMatchObject({ dns_assignment: [{ fqdn: 'web1.example.org.' }, {}, {}] });
    const hosted = await post(
      'ports',
      { port: { ...network(), name: 'hosted', 'binding:host_id': 'hv1' } },
      'admin',
    );
    expectAsRecorded('nt-port-binding-host-admin', hosted);
    const direct = await post('ports', { port: { ...network(), 'binding:vnic_type': 'direct' } });
    expectAsRecorded('nt-port-vnic-type-tenant', direct, PORT_EXTRA);
  });

  test('bulk creation makes all ports or none', async () => {
    const before = (await get('ports?fields=id')).body.ports?.length;
    const bad = await post('ports', {
      ports: [
        { ...network(), name: 'okbulk' },
        { ...network(), fixed_ips: [{ subnet_id: ids['sub'], ip_address: '10.11.0.50' }] },
      ],
    });
    expectAsRecorded('nt-port-bulk-one-bad-409-atomic', bad);
    expect((await get('ports?fields=id')).body.ports).toHaveLength(before ?? -1);
    const bulk = await post('ports', { ports: [0, 1, 2].map((i) => ({ ...network(), name: `bulk${i}` })) });
    expectAsRecorded('nt-port-bulk-create', bulk, PORT_EXTRA);
    expect(bulk.body.ports?.map((port) => port.name)).toEqual(['bulk0', 'bulk1', 'bulk2']);
    expectAsRecorded('nt-port-bulk-empty', await post('ports', { ports: [] }));
  });

  test('updates are accepted or refused as recorded, also for an old revision', async () => {
    const path = `ports/${ids['vm']}`;
    expectAsRecorded('nt-port-update', await put(path, { port: { name: 'vm1b' } }), PORT_EXTRA);
    for (const [name, port] of [
      ['nt-port-update-mac-as-tenant', { mac_address: 'fa:16:3e:aa:bb:cc' }],
      ['nt-port-update-readonly-attr-400', { network_id: ids['net'] }],
    ] as const) {
      expectAsRecorded(name, await put(path, { port }));
    }
    const shown = await get(path);
    expectAsRecorded('nt-port-get', shown, PORT_EXTRA);
    const revision = Number(shown.body.port?.revision_number);
    const at = (number: number | string) => ({ 'If-Match': `revision_number=${number}` });
    const stale = await put(path, { port: { name: 'vm1c' } }, 'alice', at(revision - 1));
    expect([stale.status, stale.body.NeutronError?.type]).toEqual([412, 'RevisionNumberConstraintFailed']);
    const fresh = await put(path, { port: { name: 'vm1c' } }, 'alice', at(revision));
    expect(fresh.body.port?.revision_number).toBe(revision + 1);
    expect((await remove(path, 'alice', at(1))).status).toBe(412);
    const ignored = await put(path, { port: { name: 'q' } }, 'alice', { 'If-Match': 'garbage' });
    expect(ignored.status).toBe(200);
  });

  test('ports of another tenant and absent ports get the same 404', async () => {
    const path = `ports/${ids['vm']}`;
    expectAsRecorded('nt-port-on-foreign-network-404', await post('ports', { port: network() }, 'bob'));
    expectAsRecorded('nt-port-get-foreign-404', await get(path, 'bob'));
    expectAsRecorded('nt-port-delete-foreign-404', await remove(path, 'bob'));
    expectAsRecorded('nt-port-update-foreign-404', await put(path, { port: { name: 'x' } }, 'bob'));
    expectAsRecorded('nt-port-404', await get(`ports/${ABSENT}`));
    expectAsRecorded('nt-port-delete-404', await remove(`ports/${ABSENT}`));
    expectAsRecorded('nt-port-not-uuid-404', await get('ports/not-a-uuid'));
  });
});

describe('trunks', () => {
  const sub = (
    port_id: string | undefined,
    segmentation_id: unknown,
    segmentation_type: unknown = 'vlan',
  ) => ({
    sub_ports: [{ port_id, segmentation_type, segmentation_id }],
  });
  const add = (body: unknown, person: Person = 'alice') =>
    put(`trunks/${ids['trunk']}/add_subports`, body, person);
  const take = (port_id: string | undefined) =>
    put(`trunks/${ids['trunk']}/remove_subports`, { sub_ports: [{ port_id }] });

  test('trunks are created and subports are added or refused as recorded', async () => {
    const made = await post('trunks', { trunk: { port_id: ids['vm'], name: 'vm1-trunk' } });
    expectAsRecorded('nt-trunk-create', made);
    ids['trunk'] = idOf(made);
    expectAsRecorded('nt-trunk-parent-in-use-409', await post('trunks', { trunk: { port_id: ids['vm'] } }));
    for (const i of [0, 1, 2, 3, 4, 5]) {
      ids[`c${i}`] = idOf(await post('ports', { port: { network_id: ids['net'], name: `c${i}` } }));
    }
    const first = await add(sub(ids['c0'], 101));
    expect(first.status).toBe(200);
    // The answer is a bare trunk, not {trunk: …}.
    expect(Object.keys(first.body).toSorted()).toEqual(Object.keys(made.body.trunk ?? {}).toSorted());
    expectAsRecorded('nt-trunk-add-dup-segid-409', await add(sub(ids['c1'], 101)));
    expectAsRecorded('nt-trunk-add-same-port-again-409', await add(sub(ids['c0'], 102)));
    expectAsRecorded('nt-trunk-add-parent-as-subport', await add(sub(ids['vm'], 103)));
    for (const tag of [0, 4094, 4095, 5000, -1, 'abc']) {
      const answer = await add(sub(ids['c5'], tag));
      if (tag === 4094) expect(answer.status).toBe(200);
      else expectAsRecorded(`nt-trunk-segid-${tag}`, answer);
    }
    expectAsRecorded('nt-trunk-bad-segtype-400', await add(sub(ids['c2'], 104, 'vxlan')));
    expectAsRecorded('nt-trunk-inherit', await add(sub(ids['c2'], undefined, 'inherit')));
    const untyped = { sub_ports: [{ port_id: ids['c2'], segmentation_id: 104 }] };
    expectAsRecorded('nt-trunk-no-segtype', await add(untyped));
    expectAsRecorded('nt-trunk-no-seg-at-all', await add({ sub_ports: [{ port_id: ids['c2'] }] }));
    const two = [...sub(ids['c3'], 201).sub_ports, ...sub(ids['c4'], 202).sub_ports];
    expect((await add({ sub_ports: two })).status).toBe(200);
    expectAsRecorded('nt-trunk-add-missing-port-404', await add(sub(ABSENT, 301)));
  });

  test('a trunk, its parent and its subports are shown as recorded', async () => {
    const path = `trunks/${ids['trunk']}`;
    expectAsRecorded('nt-trunk-show', await get(path));
    const { body } = await get(`${path}/get_subports`);
    expect(body.sub_ports?.map((each) => each.segmentation_id)).toEqual([101, 201, 202, 4094]);
    const parent = await get(`ports/${ids['vm']}`);
    expectAsRecorded('nt-port-parent-trunk-details', parent, PORT_EXTRA);
    expect(Object.keys(parent.body.port?.trunk_details?.sub_ports[0] ?? {}).toSorted()).toEqual([
      'mac_address',
      'port_id',
      'segmentation_id',
      'segmentation_type',
    ]);
    expectAsRecorded('nt-port-subport-get', await get(`ports/${ids['c0']}`), PORT_EXTRA);
    const asAdmin = await get(`ports/${ids['c0']}`, 'admin');
    expectAsRecorded('nt-port-subport-get-admin', asAdmin);
    expect(asAdmin.body.port).toMatchObject({
      'binding:profile': { parent_name: ids['vm'], tag: 101 },
      device_owner: 'trunk:subport',
    });
    expectAsRecorded('nt-trunk-list-by-port', await get(`trunks?port_id=${ids['vm']}`));
    const subports = await get('ports?device_owner=trunk:subport&fields=id');
    expect(subports.body.ports).toHaveLength(4);
  });

  test('ports of a trunk cannot be deleted, a disabled trunk cannot be changed', async () => {
    expectAsRecorded('nt-port-delete-subport-409', await remove(`ports/${ids['c0']}`));
    expectAsRecorded('nt-port-delete-trunk-parent-409', await remove(`ports/${ids['vm']}`));
    const moved = await put(`ports/${ids['c0']}`, {
      port: { name: 'renamed', fixed_ips: [{ subnet_id: ids['sub'], ip_address: '10.11.0.77' }] },
    });
    expectAsRecorded('nt-subport-update-fixed-ip', moved, PORT_EXTRA);
    await put(`trunks/${ids['trunk']}`, { trunk: { admin_state_up: false } });
    expectAsRecorded('nt-trunk-add-while-admin-down', await add(sub(ids['c1'], 401)));
    expectAsRecorded('nt-trunk-remove-while-admin-down', await take(ids['c0']));
    expectAsRecorded('nt-trunk-delete-while-admin-down', await remove(`trunks/${ids['trunk']}`));
    await put(`trunks/${ids['trunk']}`, { trunk: { admin_state_up: true } });
  });

  test('a tenant cannot use the trunks and ports of another tenant', async () => {
    const network = idOf(await post('networks', { network: { name: 'b-net' } }, 'bob'));
    await post('subnets', { subnet: { network_id: network, ip_version: 4, cidr: '10.66.0.0/24' } }, 'bob');
    ids['bnet'] = network;
    ids['bport'] = idOf(await post('ports', { port: { network_id: network } }, 'bob'));
    ids['bport2'] = idOf(await post('ports', { port: { network_id: network } }, 'bob'));
    expectAsRecorded(
      'bob-trunk-on-alice-port',
      await post('trunks', { trunk: { port_id: ids['aap'] } }, 'bob'),
    );
    expectAsRecorded('bob-add-subport-to-alice-trunk', await add(sub(ids['bport'], 666), 'bob'));
    expectAsRecorded('alice-add-bobs-port-to-own-trunk', await add(sub(ids['bport'], 666)));
  });

  test('a subport belongs to one trunk until it is removed or the trunk is deleted', async () => {
    expect((await take(ids['c4'])).status).toBe(200);
    expectAsRecorded('nt-trunk-remove-subport-again-404', await take(ids['c4']));
    const second = await post('trunks', { trunk: { port_id: ids['dual'], ...sub(ids['c4'], 7) } });
    expectAsRecorded('nt-trunk-create-with-subports', second);
    const steal = await put(`trunks/${idOf(second)}/add_subports`, sub(ids['c3'], 8));
    expectAsRecorded('nt-trunk-steal-subport-409', steal);
    expectAsRecorded('nt-trunk-on-subport-409', await post('trunks', { trunk: { port_id: ids['c3'] } }));
    expectAsRecorded('nt-trunk-delete', await remove(`trunks/${idOf(second)}`));
    const released = (await get(`ports/${ids['c4']}`)).body.port;
    expect(released).toMatchObject({ device_owner: '', 'binding:profile': {} });
  });
});

describe('tags, lists, quotas, deletion', () => {
  test('tags are set, filtered and deleted as recorded', async () => {
    const path = `ports/${ids['vm']}/tags`;
    expect((await put(path, { tags: ['red', 'blue'] })).body).toEqual({ tags: ['red', 'blue'] });
    expectAsRecorded('nt-tag-add', await put(`${path}/green`, undefined));
    expect((await get(path)).body).toEqual({ tags: ['blue', 'green', 'red'] });
    expectAsRecorded('nt-tag-check-204', await get(`${path}/green`));
    expectAsRecorded('nt-tag-check-404', await get(`${path}/none`));
    expectAsRecorded('nt-tag-delete', await remove(`${path}/green`));
    expectAsRecorded('nt-tag-delete-404', await remove(`${path}/green`));
    expectAsRecorded('nt-tags-post', await post(path, { tags: ['x'] }));
    const count = async (query: string) => (await get(`ports?fields=id&${query}`)).body.ports?.length;
    expect(await count('tags=red,blue')).toBe(1);
    expect(await count('tags=red,zzz')).toBe(0);
    expect(await count('tags-any=red,zzz')).toBe(1);
    expect(Number(await count('not-tags=red')) + 1).toBe(await count(''));
  });

  test('wrong list queries are refused as recorded, and lists contain only own ports', async () => {
    expectAsRecorded('nt-port-limit-negative', await get('ports?limit=-1'));
    expectAsRecorded('nt-port-bad-marker', await get('ports?limit=2&marker=nosuch'));
    expectAsRecorded('nt-port-bad-sort-key', await get('ports?sort_key=nosuch&sort_dir=asc'));
    expectAsRecorded('nt-port-unknown-filter', await get('ports?nosuchfilter=1'));
    const bobs = (await get('ports?fields=id', 'bob')).body.ports?.map((port) => port.id);
    expect(bobs?.toSorted()).toEqual([ids['bport'], ids['bport2']].toSorted());
  });

  test('quotas are shown, changed and enforced as recorded', async () => {
    const alice = (await get(`ports/${ids['vm']}`)).body.port?.project_id;
    const bob = (await get(`ports/${ids['bport']}`, 'bob')).body.port?.project_id;
    expectAsRecorded('nt-quota-show', await get(`quotas/${alice}`), QUOTA_EXTRA);
    expectAsRecorded('nt-quota-details-tenant', await get(`quotas/${alice}/details.json`), QUOTA_EXTRA);
    expectAsRecorded('nt-quota-update-tenant-403', await put(`quotas/${alice}`, { quota: { port: 1 } }));
    expectAsRecorded('nt-quota-other-tenant', await get(`quotas/${bob}`));
    const set = await put(`quotas/${bob}`, { quota: { port: 3, trunk: 0 } }, 'admin');
    expectAsRecorded('nt-quota-update-admin', set, QUOTA_EXTRA);
    const network_id = ids['bnet'];
    expect((await post('ports', { port: { network_id } }, 'bob')).status).toBe(201);
    expectAsRecorded('nt-port-over-quota-409-0', await post('ports', { port: { network_id } }, 'bob'));
    expectAsRecorded(
      'nt-trunk-over-quota-409',
      await post('trunks', { trunk: { port_id: ids['bport'] } }, 'bob'),
    );
    const five = Array.from({ length: 5 }, () => ({ network_id }));
    expectAsRecorded('nt-port-bulk-over-quota-409', await post('ports', { ports: five }, 'bob'));
    expectAsRecorded('nt-quota-reset', await remove(`quotas/${bob}`, 'admin'));
    expect((await post('ports', { ports: five }, 'bob')).status).toBe(201);
  });

  test('resources in use cannot be deleted', async () => {
    const network = await remove(`networks/${ids['net']}`);
    expect([network.status, network.body.NeutronError?.type]).toEqual([409, 'NetworkInUse']);
    expectAsRecorded('nt-subnet-delete-in-use-409', await remove(`subnets/${ids['sub']}`));
    expectAsRecorded('nt-sg-delete-in-use-409', await remove(`security-groups/${ids['sg']}`));
    expectAsRecorded('nt-sg-delete-default-409', await remove(`security-groups/${ids['default']}`));
    expectAsRecorded('nt-port-delete-204', await remove(`ports/${ids['aap']}`));
  });
});
