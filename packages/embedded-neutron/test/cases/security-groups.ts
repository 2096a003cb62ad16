import { cases, type Row } from './case.ts';

const ABSENT = '00000000-0000-0000-0000-000000000000';
const shown = {
  shows: ['protocol', 'port_range_min', 'port_range_max', 'ethertype', 'remote_ip_prefix', 'normalized_cidr'],
};
const body = (values: object = {}) => ({
  security_group_rule: { security_group_id: '{sg}', direction: 'ingress', ...values },
});
const rule = (title: string, values: object, more: Row[3] = shown): Row => [
  title,
  'POST security-group-rules',
  body(values),
  more,
];
const each = (name: string, values: readonly unknown[], rest: object = {}): Row[] =>
  values.map((value) =>
    rule(`${[name, ...Object.values(rest)].join(' ')} ${JSON.stringify(value)}`, { [name]: value, ...rest }),
  );
const group = (title: string, ask: string, values: object, more?: Row[3]): Row => [
  title,
  ask,
  { security_group: values },
  more,
];

const groups: Row[] = [
  ...[null, 5, 'x'.repeat(256), 'default', 'Default', [], {}].map((name) =>
    group(`name ${JSON.stringify(name).slice(0, 20)}`, 'POST security-groups', { name }),
  ),
  ...[null, 5].map((description) =>
    group(`description ${description}`, 'POST security-groups', { description }),
  ),
  ...['no', 0, 'maybe', null].map((stateful) =>
    group(
      `stateful ${JSON.stringify(stateful)}`,
      'POST security-groups',
      { stateful },
      { shows: ['stateful'] },
    ),
  ),
  group('PUT: stateful false', 'PUT security-groups/{other}', { stateful: false }, { shows: ['stateful'] }),
  group('PUT: stateful true', 'PUT security-groups/{other}', { stateful: 'yes' }, { shows: ['stateful'] }),
  group('PUT: name default', 'PUT security-groups/{other}', { name: 'default' }),
  group('PUT: name null', 'PUT security-groups/{other}', { name: null }),
  group('PUT: security_group_rules', 'PUT security-groups/{other}', { security_group_rules: [] }),
  group('POST: security_group_rules', 'POST security-groups', { security_group_rules: [] }),
  group('PUT: the default group gets its own name', 'PUT security-groups/{default}', { name: 'default' }),
  group('PUT: the default group gets another name', 'PUT security-groups/{default}', { name: 'x' }),
  group(
    'PUT: the default group gets a description',
    'PUT security-groups/{default}',
    { description: 'd' },
    { shows: ['name', 'description'] },
  ),
  [
    'bulk with wrapped items',
    'POST security-groups',
    { security_groups: [{ security_group: { name: 'w1' } }, { name: 'w2' }] },
    { shows: ['name'] },
  ],
  [
    'a port of the group',
    'POST ports',
    { port: { network_id: '{net}', security_groups: ['{used}'] } },
    { keep: 'port' },
  ],
  group('PUT: stateful of a group in use', 'PUT security-groups/{used}', { stateful: false }),
  group(
    'PUT: stateful of a group in use, unchanged',
    'PUT security-groups/{used}',
    { stateful: true },
    { shows: ['stateful'] },
  ),
];

const protocols: Row[] = [
  ...each('protocol', ['tcp', 'TCP', 6, '6', 0, '255', 'ah', 'hopopt', 'ip', 'igmp', 'vrrp', null], {
    description: 'a',
  }),
  ...each('protocol', ['any', '', 256, -1, 'x', 1.5, [], {}, true, '06', ' 7'], { description: 'b' }),
  ...[
    'icmpv6',
    'ipv6-icmp',
    58,
    '58',
    'ipv6-encap',
    'ipv6-frag',
    'ipv6-nonxt',
    'ipv6-opts',
    'ipv6-route',
    41,
    43,
    44,
    59,
    60,
  ].flatMap((protocol): Row[] => [
    rule(`IPv4 with ${JSON.stringify(protocol)}`, { protocol, ethertype: 'IPv4' }),
    rule(`IPv6 with ${JSON.stringify(protocol)}`, { protocol, ethertype: 'IPv6' }),
  ]),
  ...['icmp', 1, '1'].map((protocol) =>
    rule(`IPv6 with ${JSON.stringify(protocol)}`, { protocol, ethertype: 'IPv6', port_range_min: 128 }),
  ),
  ...each('ethertype', ['ipv4', 'IPV6', 'x', '', null, 4], { protocol: 'esp' }),
  ...each('direction', ['egress', 'Ingress', 'x', '', null, 5], { protocol: 'gre' }),
];

const ports: Row[] = [
  ...(
    [
      ['tcp', 80, 80],
      ['tcp', '81', '82'],
      ['tcp', 1, 65535],
      ['tcp', 0, 0],
      ['tcp', 0, 80],
      ['tcp', 83, 82],
      ['tcp', 80, undefined],
      ['tcp', undefined, 80],
      ['tcp', -16, 80],
      ['tcp', 80, 65536],
      ['tcp', 'x', 80],
      ['tcp', 80.5, 81],
      ['tcp', true, 80],
      ['tcp', [], 80],
      ['tcp', '', 80],
      ['udp', 1, 65535],
      ['sctp', 5, 4],
      ['udplite', 5, 4],
      [33, 5, 4],
      ['icmp', 8, 0],
      ['icmp', 8, undefined],
      ['icmp', 256, undefined],
      ['icmp', 8, 256],
      ['icmp', undefined, 0],
      ['icmp', 0, 0],
      ['icmp', 300, 65536],
      ['icmp', 1, 65535],
      ['ah', 1, 2],
      [50, 1, undefined],
      [null, 1, 2],
      [null, 1, 65535],
      [null, undefined, 2],
    ] as const
  ).map(([protocol, port_range_min, port_range_max]) =>
    rule(`${protocol} ${JSON.stringify(port_range_min)} to ${JSON.stringify(port_range_max)}`, {
      protocol,
      port_range_min,
      port_range_max,
      description: 'p',
    }),
  ),
];

const remotes: Row[] = [
  ...each(
    'remote_ip_prefix',
    [
      '10.0.0.1',
      '10.0.1.1/24',
      '10.0.2.0/24',
      '10.0.3.0/255.255.255.0',
      '10.5',
      '010.0.4.0/24',
      '0.0.0.0/0',
      '',
      null,
    ],
    { protocol: 'vrrp' },
  ),
  ...each(
    'remote_ip_prefix',
    [
      'x',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/',
      '10.0.0.0/24/24',
      '10.0.0.1 ',
      5,
      true,
      [],
      {},
      ['10.0.0.1'],
    ],
    { protocol: 'pgm' },
  ),
  ...each(
    'remote_ip_prefix',
    [
      'FD00::/8',
      'fd01::5/64',
      'fd02::5',
      '::/0',
      '::ffff:10.0.0.1',
      '::ffff:10.0.1.0/120',
      'fe80::1%eth0',
      '10.0.0.0/8',
    ],
    { ethertype: 'IPv6', protocol: 'vrrp' },
  ),
  rule('an IPv6 prefix of an IPv4 rule', { remote_ip_prefix: 'fd00::/64' }),
  ...each('remote_group_id', ['bad', ABSENT, '{bobs}', 5, ''], { protocol: 'rsvp' }),
  rule('two remotes', { remote_ip_prefix: '10.0.0.0/24', remote_group_id: '{sg}' }),
  rule('a group and an address group', { remote_group_id: '{sg}', remote_address_group_id: ABSENT }),
  ...each('remote_address_group_id', [null], { protocol: 'ospf' }),
  ...each('security_group_id', ['x', ABSENT, '{bobs}', null, 5, 'y'.repeat(37)]),
  ['no security_group_id', 'POST security-group-rules', { security_group_rule: { direction: 'ingress' } }],
  ['no direction', 'POST security-group-rules', { security_group_rule: { security_group_id: '{sg}' } }],
  rule("a rule's description null", { description: null, protocol: 'egp' }, { shows: ['description'] }),
  rule("a rule's description 5", { description: 5 }),
  rule('an unknown attribute', { nosuch: 1 }),
  rule('normalized_cidr', { normalized_cidr: '10.0.0.0/8' }),
];

const egress = (values: object) => body({ direction: 'egress', ...values });
const twins: Row[] = [
  [
    'egress to everywhere beside the default rule',
    'POST security-group-rules',
    egress({ remote_ip_prefix: '0.0.0.0/0' }),
  ],
  [
    'egress to all of IPv6 beside the default rule',
    'POST security-group-rules',
    egress({ ethertype: 'IPv6', remote_ip_prefix: '::/0' }),
  ],
  ['tcp again as 6', 'POST security-group-rules', body({ protocol: 6 })],
  [
    'host bits make a new rule',
    'POST security-group-rules',
    body({ protocol: 'vrrp', remote_ip_prefix: '10.0.1.2/24' }),
    shown,
  ],
  [
    'another description does not make a new rule',
    'POST security-group-rules',
    body({ protocol: 'tcp', description: 'other' }),
  ],
  [
    'bulk for two groups',
    'POST security-group-rules',
    {
      security_group_rules: [
        body({ protocol: 'dccp' }).security_group_rule,
        body({ security_group_id: '{other}' }).security_group_rule,
      ],
    },
  ],
  [
    'bulk twice the same',
    'POST security-group-rules',
    {
      security_group_rules: [
        body({ protocol: 'dccp' }).security_group_rule,
        body({ protocol: '33' }).security_group_rule,
      ],
    },
  ],
  [
    'rules in bulk with wrapped items',
    'POST security-group-rules',
    { security_group_rules: [body({ protocol: 'ipip' }), body({ protocol: 'udplite' }).security_group_rule] },
    { shows: ['protocol'] },
  ],
  [
    'bulk with one that exists',
    'POST security-group-rules',
    {
      security_group_rules: [
        body({ protocol: 99 }).security_group_rule,
        body({ protocol: 'ipip' }).security_group_rule,
      ],
    },
  ],
  ['a PUT of a rule', 'PUT security-group-rules/{rule}', { security_group_rule: { description: 'x' } }],
  ['deletion of the default group', 'DELETE security-groups/{default}'],
  ['deletion of a rule of another project', 'DELETE security-group-rules/{rule}', undefined, { as: 'bob' }],
];

/** Security groups and their rules. */
export const securityGroupCases = cases([
  ['a network', 'POST networks', { network: { name: 'groups' } }, { keep: 'net' }],
  ['the default group', 'GET security-groups?name=default', undefined, { keep: 'default' }],
  group(
    'a group',
    'POST security-groups',
    { name: 'sg' },
    { keep: 'sg', shows: ['stateful', 'description'] },
  ),
  group('another group', 'POST security-groups', { name: 'other' }, { keep: 'other' }),
  group('a group in use', 'POST security-groups', { name: 'used' }, { keep: 'used' }),
  group("another project's group", 'POST security-groups', { name: 'bobs' }, { as: 'bob', keep: 'bobs' }),
  rule('a rule', { protocol: 'udp', port_range_min: 53, port_range_max: 53 }, { ...shown, keep: 'rule' }),
  ...groups,
  ...protocols,
  ...ports,
  ...remotes,
  ...twins,
]);
