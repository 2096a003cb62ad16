import { cases, eachValue, type Row } from './case.ts';

const LONG = 'x'.repeat(256);
const network = (values: object) => ({ network: values });
const admin = { as: 'admin' } as const;
const vlan = (values: object = {}) =>
  network({ 'provider:network_type': 'vlan', 'provider:physical_network': 'physnet1', ...values });
const geneve = (values: object = {}) => network({ 'provider:network_type': 'geneve', ...values });
const provider = [
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
  'mtu',
] as const;

const strings: Row[] = [
  ...eachValue('POST networks', 'name', [null, 5, [], {}, true, LONG], network),
  ...eachValue('POST networks', 'description', [null, 5, LONG], network),
];

const booleans: Row[] = [
  ...eachValue(
    'POST networks',
    'admin_state_up',
    [true, 'True', 't', 'on', 'YES', 'y', 1, '1', ' true ', false, 'f', 'off', 'No', 'n', 0, '0'],
    network,
    { shows: ['admin_state_up'] },
  ),
  ...eachValue(
    'POST networks',
    'admin_state_up',
    ['maybe', '', null, 2, 1.5, [], [1], {}, { a: 1 }],
    network,
  ),
  ...eachValue('POST networks', 'port_security_enabled', ['no', null, 'maybe'], network, {
    shows: ['port_security_enabled'],
  }),
];

const defaults: Row[] = [
  ...eachValue('POST networks', 'shared', [false, 'no', 0, true, null], network, { shows: ['shared'] }),
  ...eachValue('POST networks', 'router:external', [false, 'False', true], network, {
    shows: ['router:external'],
  }),
  ['shared false in a PUT by a member', 'PUT networks/{net}', network({ shared: false })],
  ['router:external false in a PUT by a member', 'PUT networks/{net}', network({ 'router:external': false })],
];

const mtus: Row[] = [
  ...eachValue('POST networks', 'mtu', [0, 1442, '1400', ' 1400 ', 1400.5, 68], network, { shows: ['mtu'] }),
  ...eachValue('POST networks', 'mtu', [1443, 9000, 2 ** 31, -1, 'abc', '', null, [], {}], network),
  ['mtu 1443 in a PUT', 'PUT networks/{net}', network({ mtu: 1443 })],
  ['mtu 1300 in a PUT', 'PUT networks/{net}', network({ mtu: 1300 }), { shows: ['mtu'] }],
  ['mtu 0 in a PUT', 'PUT networks/{net}', network({ mtu: 0 }), { shows: ['mtu'] }],
];

const domains: Row[] = eachValue(
  'POST networks',
  'dns_domain',
  [
    '',
    'ok.example.',
    'Up.Example.',
    'bad',
    'a..b.',
    '-a.b.',
    'a-.b.',
    'a_b.',
    'a.123.',
    `${'x'.repeat(64)}.`,
    null,
    5,
  ],
  network,
  { shows: ['dns_domain'] },
);

const owners: Row[] = [
  ['another project in project_id', 'POST networks', network({ project_id: '0'.repeat(32) })],
  [
    'a tenant_id and another project_id',
    'POST networks',
    network({ tenant_id: 'a', project_id: 'b' }),
    admin,
  ],
  [
    'a tenant_id and another project_id, by a member',
    'POST networks',
    network({ tenant_id: 'a', project_id: 'b' }),
  ],
  [
    'another project by an admin',
    'POST networks',
    network({ tenant_id: 'abc' }),
    { ...admin, shows: ['project_id'] },
  ],
  ['a project_id that is no string', 'POST networks', network({ project_id: 5 }), admin],
  ['a project_id that is null', 'POST networks', network({ project_id: null }), admin],
];

const readOnly: Row[] = [
  ...['id', 'status', 'subnets', 'created_at', 'revision_number', 'nosuch'].map(
    (name): Row => [`${name} in a POST`, 'POST networks', network({ [name]: 'x' })],
  ),
  ...[
    'id',
    'status',
    'subnets',
    'created_at',
    'revision_number',
    'nosuch',
    'tenant_id',
    'project_id',
    'tags',
  ].map((name): Row => [`${name} in a PUT`, 'PUT networks/{net}', network({ [name]: 'x' })]),
  ['name null in a PUT', 'PUT networks/{net}', network({ name: null })],
  ['an empty PUT', 'PUT networks/{net}', network({}), { shows: ['name'] }],
];

const providers: Row[] = [
  [
    'geneve with an id',
    'POST networks',
    geneve({ 'provider:segmentation_id': 50001 }),
    { ...admin, shows: provider },
  ],
  ['the same geneve id', 'POST networks', geneve({ 'provider:segmentation_id': '50001' }), admin],
  ['geneve without an id', 'POST networks', geneve(), { ...admin, shows: ['provider:network_type', 'mtu'] }],
  [
    'geneve with a physical network',
    'POST networks',
    geneve({ 'provider:physical_network': 'physnet1' }),
    admin,
  ],
  ...eachValue('POST networks', 'provider:segmentation_id', [null, 'abc', []], geneve, admin),
  [
    'a VLAN',
    'POST networks',
    vlan({ 'provider:segmentation_id': 150 }),
    { ...admin, shows: provider, keep: 'vlan' },
  ],
  ['the same VLAN', 'POST networks', vlan({ 'provider:segmentation_id': 150 }), admin],
  [
    'the same VLAN twice in a bulk',
    'POST networks',
    {
      networks: [151, 151].map((id) => vlan({ 'provider:segmentation_id': id }).network),
    },
    admin,
  ],
  ['deletion of the VLAN', 'DELETE networks/{vlan}', undefined, admin],
  [
    'the VLAN again',
    'POST networks',
    vlan({ 'provider:segmentation_id': 150 }),
    { ...admin, shows: provider },
  ],
  [
    'a VLAN that Neutron chooses',
    'POST networks',
    vlan(),
    { ...admin, shows: ['provider:network_type', 'provider:physical_network', 'mtu'] },
  ],
  ['VLAN 0', 'POST networks', vlan({ 'provider:segmentation_id': 0 }), admin],
  ['VLAN 4095', 'POST networks', vlan({ 'provider:segmentation_id': 4095 }), admin],
  ['VLAN -1', 'POST networks', vlan({ 'provider:segmentation_id': -1 }), admin],
  [
    'a VLAN outside the configured range',
    'POST networks',
    vlan({ 'provider:segmentation_id': 50 }),
    { ...admin, shows: provider },
  ],
  [
    'a VLAN on an unknown physical network',
    'POST networks',
    vlan({ 'provider:physical_network': 'nosuch' }),
    admin,
  ],
  [
    'a VLAN id without a physical network',
    'POST networks',
    network({ 'provider:network_type': 'vlan', 'provider:segmentation_id': 7 }),
    admin,
  ],
  ['a VLAN of mtu 1500', 'POST networks', vlan({ mtu: 1500 }), { ...admin, shows: ['mtu'] }],
  ['a VLAN of mtu 1501', 'POST networks', vlan({ mtu: 1501 }), admin],
  [
    'the flat network that exists',
    'POST networks',
    network({ 'provider:network_type': 'flat', 'provider:physical_network': 'physnet1' }),
    admin,
  ],
  [
    'flat on an unknown physical network',
    'POST networks',
    network({ 'provider:network_type': 'flat', 'provider:physical_network': 'nosuch' }),
    admin,
  ],
  ['flat without a physical network', 'POST networks', network({ 'provider:network_type': 'flat' }), admin],
  [
    'flat with an id',
    'POST networks',
    network({
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': 7,
    }),
    admin,
  ],
  ['local', 'POST networks', network({ 'provider:network_type': 'local' }), { ...admin, shows: provider }],
  [
    'local with a physical network',
    'POST networks',
    network({ 'provider:network_type': 'local', 'provider:physical_network': 'physnet1' }),
    admin,
  ],
  [
    'local with an id',
    'POST networks',
    network({ 'provider:network_type': 'local', 'provider:segmentation_id': 7 }),
    admin,
  ],
  ...eachValue('POST networks', 'provider:network_type', ['nosuch', '', null, 5], network, admin),
  ['an id without a type', 'POST networks', network({ 'provider:segmentation_id': 7 }), admin],
  [
    'a physical network without a type',
    'POST networks',
    network({ 'provider:physical_network': 'physnet1' }),
    admin,
  ],
  ['a type that is null, by a member', 'POST networks', network({ 'provider:network_type': null })],
  ['a type by a member', 'POST networks', geneve()],
];

const bodies: Row[] = [
  [
    'bulk with wrapped items',
    'POST networks',
    { networks: [network({ name: 'w1' }), network({ name: 'w2' })] },
    { shows: ['name'] },
  ],
  [
    'bulk with wrapped and bare items',
    'POST networks',
    { networks: [network({ name: 'w3' }), { name: 'w4' }] },
    { shows: ['name'] },
  ],
  ['bulk with a bad item', 'POST networks', { networks: [{ name: 'w5' }, { name: 5 }] }],
  ...[[], {}, null, 'x', 5, [5], [null], ['x'], [[]], [{ network: null }], [{ network: 5 }]].map(
    (value): Row => [`networks ${JSON.stringify(value)}`, 'POST networks', { networks: value }],
  ),
  ...[null, 5, 'x', [], [{}]].map(
    (value): Row => [`network ${JSON.stringify(value)}`, 'POST networks', { network: value }],
  ),
  ['an empty object', 'POST networks', {}],
  ['another key', 'POST networks', { port: {} }],
  ['a list', 'POST networks', []],
  ['no body', 'POST networks'],
  ['no body in a PUT', 'PUT networks/{net}'],
  ['another key in a PUT', 'PUT networks/{net}', { port: {} }],
  ['a bulk PUT', 'PUT networks/{net}', { networks: [{ name: 'x' }] }],
  ['network null in a PUT', 'PUT networks/{net}', { network: null }],
  ['a PUT of the collection', 'PUT networks', network({ name: 'x' })],
  ['a POST to a network', 'POST networks/{net}', network({ name: 'x' })],
  ['a DELETE with a body', 'DELETE networks/{net}', network({})],
];

/** Networks. The recording Neutron has the flat network physnet1, and the VLANs 100 to 4000 of physnet1. */
export const networkCases = cases([
  [
    'a network',
    'POST networks',
    network({ name: 'net' }),
    { keep: 'net', shows: ['mtu', 'shared', 'dns_domain'] },
  ],
  ...strings,
  ...booleans,
  ...defaults,
  ...mtus,
  ...domains,
  ...owners,
  ...readOnly,
  ...providers,
  ...bodies,
]);
