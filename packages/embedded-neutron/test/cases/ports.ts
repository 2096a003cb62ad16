import { cases, type Row } from './case.ts';

const ABSENT = '00000000-0000-0000-0000-000000000000';
const shows = (...names: string[]) => ({ shows: names });
const port = (values: object = {}) => ({ port: { network_id: '{net}', ...values } });
const post = (title: string, values: object, more: Row[3] = {}): Row => [
  title,
  'POST ports',
  port(values),
  more,
];
const each = (name: string, values: readonly unknown[], more: Row[3] = shows(name)): Row[] =>
  values.map((value) => post(`${name} ${JSON.stringify(value).slice(0, 80)}`, { [name]: value }, more));
const put = (title: string, values: object, ...shown: string[]): Row => [
  `PUT: ${title}`,
  'PUT ports/{port}',
  { port: values },
  { shows: shown },
];
const ip = (ip_address: unknown, subnet_id?: unknown) => ({
  ip_address,
  ...(subnet_id !== undefined && { subnet_id }),
});

const plain: Row[] = [
  ...each('name', [null, 5, 'x'.repeat(256)]),
  ...each('description', [null, 5]),
  ...each('device_id', [null, 5, 'x'.repeat(256)]),
  ...each('device_owner', [null, 5, 'x'.repeat(256)]),
  ...each('admin_state_up', ['no', null, 'maybe']),
  ...each('network_id', [null, 'x', 5, ABSENT, '{bobs}']),
  ['no network_id', 'POST ports', { port: {} }],
  ...each('qos_policy_id', [null]),
  ...each('tags', [['a', 'b'], ['a', 'a'], null, 'x', [5], ['x'.repeat(256)]]),
];

const macs: Row[] = [
  ...each('mac_address', [null], {}),
  ...each('mac_address', [
    'FA:16:3E:10:00:01',
    'fa-16-3e-10-00-02',
    'fa163e100003',
    'fa16.3e10.0004',
    'fa:16:3e:10:0:5',
    ' fa:16:3e:10:00:06',
  ]),
  ...each('mac_address', [
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:00:01',
    'fa:16:3e:10:00',
    'x',
    '',
    5,
    [],
  ]),
];

const addresses: Row[] = [
  ...each('fixed_ips', [
    null,
    {},
    'x',
    5,
    [null],
    ['x'],
    [{}],
    [{ x: 1 }],
    [ip('x')],
    [ip(null)],
    [ip('')],
    [ip(5)],
    [ip('10.60.0.8/24')],
    [ip('10.60.0.08')],
    [{ subnet_id: 'x' }],
    [{ subnet_id: null }],
    [{ subnet_id: ABSENT }],
    [ip('10.60.0.9', ABSENT)],
    [{ subnet_id: '{othersub}' }],
    [{ subnet_id: '{bobsub}' }],
    [ip('10.60.0.9', '{othersub}')],
    [ip('192.0.2.1')],
    [ip('fd00::1')],
    [ip('10.60.0.0')],
    [ip('10.60.0.255')],
    [ip('10.60.0.7'), ip('10.60.0.7')],
  ]),
  post('no addresses', { fixed_ips: [] }, shows('fixed_ips')),
  post('the gateway address', { fixed_ips: [ip('10.60.0.1')] }),
  post('an address of the subnet', { fixed_ips: [ip('10.60.0.40', '{sub}')] }, { keep: 'forty' }),
  post('the same address again', { fixed_ips: [ip('10.60.0.40', '{sub}')] }),
  post('the same address again, without a subnet', { fixed_ips: [ip('10.60.0.40')] }),
  post('an address and another key', { fixed_ips: [{ ...ip('10.60.0.41'), x: 1 }] }),
  [
    'an address on a network without subnets',
    'POST ports',
    { port: { network_id: '{bare}', fixed_ips: [ip('10.60.0.9')] } },
  ],
  [
    'an empty address on a network without subnets',
    'POST ports',
    { port: { network_id: '{bare}', fixed_ips: [{}] } },
  ],
  [
    'a port on a network without subnets',
    'POST ports',
    { port: { network_id: '{bare}' } },
    shows('fixed_ips'),
  ],
  [
    'an address of a SLAAC subnet',
    'POST ports',
    { port: { network_id: '{auto}', fixed_ips: [ip('fd60::5', '{autosub}')] } },
  ],
  [
    'the network address of a SLAAC subnet',
    'POST ports',
    { port: { network_id: '{auto}', fixed_ips: [ip('fd60::', '{autosub}')] } },
  ],
];

const groups: Row[] = [
  ...each('security_groups', [
    ['{sg}', '{sg}'],
    [],
    null,
    'x',
    {},
    5,
    ['x'],
    [null],
    [5],
    [ABSENT],
    ['{bobsg}'],
    ['{sg}', ABSENT],
  ]),
  post('a group and a stateless one', { security_groups: ['{sg}', '{stateless}'] }),
];

const security: Row[] = [
  ...each('port_security_enabled', ['no', null, 'maybe']),
  post('no port security with a group', { port_security_enabled: false, security_groups: ['{sg}'] }),
  post(
    'no port security without groups',
    { port_security_enabled: false, security_groups: [] },
    shows('security_groups'),
  ),
  post('no port security with pairs', {
    port_security_enabled: false,
    allowed_address_pairs: [{ ip_address: '10.61.0.1' }],
  }),
  put('no port security with groups on it', { port_security_enabled: false }),
  put('no port security with a group', { port_security_enabled: false, security_groups: ['{sg}'] }),
  put('pairs', { allowed_address_pairs: [{ ip_address: '10.61.0.1' }] }),
  put('no port security with pairs on it', { port_security_enabled: false, security_groups: [] }),
  put(
    'no port security, groups and pairs',
    { port_security_enabled: false, security_groups: [], allowed_address_pairs: [] },
    'security_groups',
    'allowed_address_pairs',
    'port_security_enabled',
  ),
  put('a group without port security', { security_groups: ['{sg}'] }),
  put('pairs without port security', { allowed_address_pairs: [{ ip_address: '10.61.0.1' }] }),
  put('port security', { port_security_enabled: true }, 'security_groups', 'port_security_enabled'),
  put('a group', { security_groups: ['{sg}'] }, 'security_groups'),
  put('the same group twice', { security_groups: ['{sg}', '{sg}'] }),
  put('groups null', { security_groups: null }, 'security_groups'),
];

const mac = 'fa:16:3e:60:00:01';
const pairs: Row[] = [
  ...each('allowed_address_pairs', [
    null,
    [],
    {},
    'x',
    5,
    [{}],
    ['x'],
    [null],
    [{ ip_address: null }],
    [{ ip_address: 'x' }],
    [{ ip_address: '' }],
    [{ ip_address: 5 }],
    [{ mac_address: mac }],
    [{ ip_address: '10.61.0.5/24', mac_address: mac }],
    [{ ip_address: 'FD00::0/64', mac_address: mac }],
    [{ ip_address: '10.61.0.0/33' }],
    [{ ip_address: '10.61.0.1', mac_address: 'x' }],
    [{ ip_address: '10.61.0.1', mac_address: null }],
    [{ ip_address: '10.61.0.1', x: 1 }],
    [{ ip_address: '0.0.0.0/0', mac_address: mac }],
    [{ ip_address: '10.61.0.1/255.255.255.0', mac_address: mac }],
    [{ ip_address: '10.61.0.01', mac_address: mac }],
  ]),
  post('the same pair twice', {
    allowed_address_pairs: [{ ip_address: '10.61.0.1' }, { ip_address: '10.61.0.1' }],
  }),
  post('the same pair twice with a MAC', {
    allowed_address_pairs: [
      { ip_address: '10.61.0.1', mac_address: mac },
      { ip_address: '10.61.0.1', mac_address: mac },
    ],
  }),
  post('the same pair with the MAC in two forms', {
    allowed_address_pairs: [
      { ip_address: '10.61.0.1', mac_address: mac },
      { ip_address: '10.61.0.1', mac_address: mac.toUpperCase() },
    ],
  }),
  post("the same pair, once with the port's MAC", {
    mac_address: 'fa:16:3e:60:00:02',
    allowed_address_pairs: [
      { ip_address: '10.61.0.1' },
      { ip_address: '10.61.0.1', mac_address: 'fa:16:3e:60:00:02' },
    ],
  }),
  post(
    'one address with two MACs',
    {
      allowed_address_pairs: [
        { ip_address: '10.61.0.1', mac_address: mac },
        { ip_address: '10.61.0.1', mac_address: 'fa:16:3e:60:00:03' },
      ],
    },
    shows('allowed_address_pairs'),
  ),
  post(
    'a pair with a MAC in another form',
    { allowed_address_pairs: [{ ip_address: '10.61.0.1', mac_address: 'FA-16-3E-60-00-04' }] },
    shows('allowed_address_pairs'),
  ),
  post('11 pairs', {
    allowed_address_pairs: Array.from({ length: 11 }, (_, i) => ({ ip_address: `10.61.0.${i + 1}` })),
  }),
];

const names: Row[] = each(
  'dns_name',
  [
    null,
    5,
    0,
    true,
    [],
    {},
    'a b',
    '-a',
    'a-',
    'a..b',
    'a_b',
    'x'.repeat(64),
    'a.123',
    '.',
    `${'a.'.repeat(130)}a`,
  ],
  {},
);

const others: Row[] = [
  ...each('extra_dhcp_opts', [null, []]),
  ...each('extra_dhcp_opts', ['x', {}, [{}], ['x'], [null]], {}),
  ...each('binding:vnic_type', [
    'normal',
    'direct',
    'macvtap',
    'baremetal',
    'direct-physical',
    'virtio-forwarder',
    'smart-nic',
    'vdpa',
    'accelerator-direct',
    'accelerator-direct-physical',
    'remote-managed',
  ]),
  ...each('binding:vnic_type', ['x', '', null, 5]),
  ...each('binding:profile', ['x', [], 5], { as: 'admin' }),
  [
    'binding:profile null',
    'POST ports',
    port({ 'binding:profile': null }),
    { as: 'admin', shows: ['binding:profile'] },
  ],
  [
    'binding:host_id null',
    'POST ports',
    port({ 'binding:host_id': null }),
    { as: 'admin', shows: ['binding:host_id'] },
  ],
  ...[
    'id',
    'status',
    'created_at',
    'nosuch',
    'binding:vif_type',
    'dns_assignment',
    'trunk_details',
    'ip_allocation',
  ].map((name): Row => post(`${name} in a POST`, { [name]: 'x' })),
  ...['id', 'status', 'network_id', 'nosuch', 'tenant_id', 'tags', 'binding:vif_type'].map((name) =>
    put(name, { [name]: 'x' }),
  ),
  put('name null', { name: null }),
  put('device_owner null', { device_owner: null }),
  put('nothing', {}, 'admin_state_up'),
  put('an address', { fixed_ips: [ip('10.60.0.50')] }, 'fixed_ips'),
  put('an address of another network', { fixed_ips: [{ subnet_id: '{othersub}' }] }),
  put('an empty address', { fixed_ips: [{}] }),
  put('addresses null', { fixed_ips: null }),
  put('an address in use', { fixed_ips: [ip('10.60.0.40')] }),
  put('no addresses', { fixed_ips: [] }, 'fixed_ips'),
  put('dns_name null', { dns_name: null }),
  ['wrapped items', 'POST ports', { ports: [port({ name: 'w1' }), port({ name: 'w2' })] }, shows('name')],
];

/** Ports. */
export const portCases = cases([
  ['a network', 'POST networks', { network: { name: 'ports' } }, { keep: 'net' }],
  [
    'a subnet',
    'POST subnets',
    {
      subnet: {
        network_id: '{net}',
        ip_version: 4,
        cidr: '10.60.0.0/24',
        allocation_pools: [{ start: '10.60.0.100', end: '10.60.0.254' }],
      },
    },
    { keep: 'sub' },
  ],
  ['another network', 'POST networks', { network: { name: 'other' } }, { keep: 'other' }],
  [
    'its subnet',
    'POST subnets',
    { subnet: { network_id: '{other}', ip_version: 4, cidr: '10.62.0.0/24' } },
    { keep: 'othersub' },
  ],
  ['a network without subnets', 'POST networks', { network: { name: 'bare' } }, { keep: 'bare' }],
  ['a network with SLAAC', 'POST networks', { network: { name: 'auto' } }, { keep: 'auto' }],
  [
    'the SLAAC subnet',
    'POST subnets',
    {
      subnet: {
        network_id: '{auto}',
        ip_version: 6,
        cidr: 'fd60::/64',
        ipv6_ra_mode: 'slaac',
        ipv6_address_mode: 'slaac',
      },
    },
    { keep: 'autosub' },
  ],
  ["another project's network", 'POST networks', { network: { name: 'bobs' } }, { as: 'bob', keep: 'bobs' }],
  [
    "another project's subnet",
    'POST subnets',
    { subnet: { network_id: '{bobs}', ip_version: 4, cidr: '10.63.0.0/24' } },
    { as: 'bob', keep: 'bobsub' },
  ],
  ['a group', 'POST security-groups', { security_group: { name: 'ports' } }, { keep: 'sg' }],
  [
    'a stateless group',
    'POST security-groups',
    { security_group: { name: 'stateless', stateful: false } },
    { keep: 'stateless' },
  ],
  [
    "another project's group",
    'POST security-groups',
    { security_group: { name: 'bobs' } },
    { as: 'bob', keep: 'bobsg' },
  ],
  post(
    'a port',
    { name: 'port', security_groups: ['{sg}'] },
    {
      keep: 'port',
      shows: [
        'device_id',
        'extra_dhcp_opts',
        'allowed_address_pairs',
        'binding:vnic_type',
        'dns_name',
        'tags',
      ],
    },
  ),
  ...plain,
  ...macs,
  ...addresses,
  ...groups,
  ...security,
  ...pairs,
  ...names,
  ...others,
]);
