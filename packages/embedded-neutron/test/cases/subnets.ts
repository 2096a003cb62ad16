import { cases, type Row } from './case.ts';

let used = 0;
/** A subnet of the network `net` with a prefix of its own. */
const subnet = (values: object = {}) => {
  used += 1;
  const cidr = `10.${100 + Math.floor(used / 250)}.${used % 250}.0/24`;
  return { subnet: { network_id: '{net}', ip_version: 4, cidr, ...values } };
};
const at = (cidr: string, values: object = {}) => subnet({ cidr, ...values });
const v6 = (cidr: string, values: object = {}) => subnet({ ip_version: 6, cidr, ...values });
const shows = (...names: string[]) => ({ shows: names });
const addresses = (count: number) => Array.from({ length: count }, (_, i) => `192.0.2.${i + 1}`);
const routes = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ destination: `198.51.${i}.0/24`, nexthop: '192.0.2.1' }));
const each = (
  name: string,
  values: readonly unknown[],
  make: (value: unknown) => object,
  shown: string[] = [name],
): Row[] =>
  values.map((value) => [
    `${name} ${JSON.stringify(value).slice(0, 80)}`,
    'POST subnets',
    make(value),
    shows(...shown),
  ]);

const prefixes: Row[] = [
  ...[
    '10.1.1.0/30',
    '10.1.2.0/31',
    '10.1.3.1/32',
    '0.0.0.0/0',
    '0.0.0.0/8',
    '224.0.0.0/24',
    '127.0.0.0/24',
  ].flatMap((cidr): Row[] => [
    [`${cidr} with DHCP`, 'POST subnets', at(cidr), shows('gateway_ip', 'allocation_pools')],
    [
      `${cidr} without DHCP`,
      'POST subnets',
      at(cidr, { enable_dhcp: false }),
      shows('gateway_ip', 'allocation_pools'),
    ],
  ]),
  ...['fd01::/126', 'fd02::/127', 'fd03::1/128', '::/0', 'ff00::/64', '::1/128'].flatMap((cidr): Row[] => [
    [`${cidr} with DHCP`, 'POST subnets', v6(cidr), shows('gateway_ip', 'allocation_pools')],
    [
      `${cidr} without DHCP`,
      'POST subnets',
      v6(cidr, { enable_dhcp: false }),
      shows('gateway_ip', 'allocation_pools'),
    ],
  ]),
  ...[
    '10.2.1.0',
    '10.2.2.5/24',
    ' 10.2.3.0/24',
    '10.2.4.0/255.255.255.0',
    '10.2.5.0/33',
    '10.2.6.0/-1',
    '10.2.7.0/x',
    '10.02.8.0/24',
    'x',
    '',
    null,
    5,
    [],
  ].map((cidr): Row => [`cidr ${JSON.stringify(cidr)}`, 'POST subnets', subnet({ cidr }), shows('cidr')]),
  ...['FD04:0::/64', 'fd05::5/64', 'fd06::', '::ffff:10.3.0.0/120'].map(
    (cidr): Row => [`IPv6 cidr ${JSON.stringify(cidr)}`, 'POST subnets', v6(cidr), shows('cidr')],
  ),
  ['no cidr', 'POST subnets', { subnet: { network_id: '{net}', ip_version: 4 } }],
  ['a cidr with a prefixlen', 'POST subnets', subnet({ prefixlen: 24 })],
  ['an IPv6 cidr of version 4', 'POST subnets', subnet({ cidr: 'fd07::/64' })],
  ['an overlapping cidr', 'POST subnets', at('10.1.1.0/24')],
];

const versions: Row[] = [
  ['IPv4 without ip_version', 'POST subnets', { subnet: { network_id: '{net}', cidr: '10.4.0.0/24' } }],
  ['IPv6 without ip_version', 'POST subnets', { subnet: { network_id: '{net}', cidr: 'fd08::/64' } }],
  ...each('ip_version', ['4', 4.0, 5, 0, null, 'x', '', []], (ip_version) => subnet({ ip_version })),
];

const gateways: Row[] = [
  [
    'a gateway',
    'POST subnets',
    at('10.5.1.0/24', { gateway_ip: '10.5.1.254' }),
    shows('gateway_ip', 'allocation_pools'),
  ],
  [
    'a gateway outside the cidr',
    'POST subnets',
    at('10.5.2.0/24', { gateway_ip: '10.9.9.9' }),
    shows('gateway_ip', 'allocation_pools'),
  ],
  ['the network address as gateway', 'POST subnets', at('10.5.3.0/24', { gateway_ip: '10.5.3.0' })],
  ['the broadcast address as gateway', 'POST subnets', at('10.5.4.0/24', { gateway_ip: '10.5.4.255' })],
  [
    'no gateway',
    'POST subnets',
    at('10.5.5.0/24', { gateway_ip: null }),
    shows('gateway_ip', 'allocation_pools'),
  ],
  ['an IPv6 gateway of an IPv4 subnet', 'POST subnets', at('10.5.6.0/24', { gateway_ip: 'fd00::1' })],
  [
    'the first address as IPv6 gateway',
    'POST subnets',
    v6('fd09::/64', { gateway_ip: 'FD09::' }),
    shows('gateway_ip', 'allocation_pools'),
  ],
  [
    'the last address as IPv6 gateway',
    'POST subnets',
    v6('fd0a::/64', { gateway_ip: 'fd0a::ffff:ffff:ffff:ffff' }),
    shows('gateway_ip', 'allocation_pools'),
  ],
  [
    'a link-local gateway',
    'POST subnets',
    v6('fd0b::/64', { gateway_ip: 'fe80::1' }),
    shows('gateway_ip', 'allocation_pools'),
  ],
  [
    'an IPv6 gateway outside the cidr',
    'POST subnets',
    v6('fd0c::/64', { gateway_ip: 'fd99::1' }),
    shows('gateway_ip'),
  ],
  ['an IPv4 gateway of an IPv6 subnet', 'POST subnets', v6('fd0d::/64', { gateway_ip: '10.0.0.1' })],
  ...each('gateway_ip', ['x', '', 5, [], '10.5.07.1', '10.5.7.1/24', '10.5'], (gateway_ip) =>
    at('10.5.7.0/24', { gateway_ip }),
  ),
];

const lists: Row[] = [
  ['5 nameservers', 'POST subnets', subnet({ dns_nameservers: addresses(5) }), shows('dns_nameservers')],
  ['6 nameservers', 'POST subnets', subnet({ dns_nameservers: addresses(6) })],
  ['6 nameservers in a PUT', 'PUT subnets/{sub}', { subnet: { dns_nameservers: addresses(6) } }],
  ...each(
    'dns_nameservers',
    [null, [], ['9.9.9.9', '9.9.9.9'], ['fd00::1'], ['x'], [null], [5], 'x', {}, 5],
    (dns_nameservers) => subnet({ dns_nameservers }),
  ),
  ['IPv4 nameserver of an IPv6 subnet', 'POST subnets', v6('fd0e::/64', { dns_nameservers: ['9.9.9.9'] })],
  ['20 routes', 'POST subnets', subnet({ host_routes: routes(20) })],
  ['21 routes', 'POST subnets', subnet({ host_routes: routes(21) })],
  ['21 routes in a PUT', 'PUT subnets/{sub}', { subnet: { host_routes: routes(21) } }],
  ['the same route twice', 'POST subnets', subnet({ host_routes: [...routes(1), ...routes(1)] })],
  ...each(
    'host_routes',
    [null, [], 'x', {}, [{}], ['x'], [null], [{ destination: '10.0.0.0/8' }]],
    (host_routes) => subnet({ host_routes }),
  ),
  ...(
    [
      ['with another key', { metric: 1 }],
      ['to an address', { destination: '198.51.100.1' }],
      ['with host bits', { destination: '198.51.100.1/24' }],
      ['to loopback', { destination: '127.0.0.0/8' }],
      ['to IPv6', { destination: 'fd00::/64' }],
      ['over IPv6', { nexthop: 'fd00::1' }],
      ['over a prefix', { nexthop: '192.0.2.0/24' }],
      ['to everywhere', { destination: '0.0.0.0/0' }],
      ['to nothing', { destination: null }],
    ] as const
  ).map(
    ([title, change]): Row => [
      `a route ${title}`,
      'POST subnets',
      subnet({ host_routes: [{ ...routes(1)[0], ...change }] }),
    ],
  ),
  [
    'an IPv6 route',
    'POST subnets',
    v6('fd0f::/64', { host_routes: [{ destination: 'fd00:1::/64', nexthop: 'fd0f::2' }] }),
  ],
];

const pool = (start: string, end: string) => ({ start, end });
const pools: Row[] = [
  ...each(
    'allocation_pools',
    [null, 'x', {}, [{}], [{ start: '10.6.1.2' }], ['x'], [null], [{ start: 'x', end: 'y' }]],
    (allocation_pools) => at('10.6.1.0/24', { allocation_pools }),
  ),
  [
    'no allocation pools',
    'POST subnets',
    at('10.6.2.0/24', { allocation_pools: [] }),
    shows('allocation_pools'),
  ],
  [
    'a pool outside the cidr',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.7.3.2', '10.7.3.9')] }),
  ],
  [
    'a pool around the gateway',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.6.3.1', '10.6.3.9')] }),
  ],
  [
    'a pool with the network address',
    'POST subnets',
    at('10.6.3.0/24', { gateway_ip: null, allocation_pools: [pool('10.6.3.0', '10.6.3.9')] }),
  ],
  [
    'a pool with the broadcast address',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.6.3.200', '10.6.3.255')] }),
  ],
  [
    'a pool upside down',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.6.3.9', '10.6.3.2')] }),
  ],
  [
    'an IPv6 pool of an IPv4 subnet',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('fd00::1', 'fd00::2')] }),
  ],
  [
    'a pool of both versions',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.6.3.2', 'fd00::2')] }),
  ],
  [
    'overlapping pools',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.6.3.2', '10.6.3.9'), pool('10.6.3.9', '10.6.3.20')] }),
  ],
  [
    'the same pool twice',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [pool('10.6.3.2', '10.6.3.9'), pool('10.6.3.2', '10.6.3.9')] }),
  ],
  [
    'an IPv6 pool with the first address',
    'POST subnets',
    v6('fd10::/64', { gateway_ip: null, allocation_pools: [pool('fd10::', 'fd10::9')] }),
  ],
  [
    'a pool with another key',
    'POST subnets',
    at('10.6.3.0/24', { allocation_pools: [{ ...pool('10.6.3.2', '10.6.3.9'), x: 1 }] }),
  ],
];

const modes: Row[] = [
  ...each('enable_dhcp', ['no', 'yes', 'off', 0, null, 'x'], (enable_dhcp) => subnet({ enable_dhcp })),
  [
    'SLAAC without DHCP',
    'POST subnets',
    v6('fd11::/64', { enable_dhcp: false, ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' }),
  ],
  ['a RA mode without DHCP', 'POST subnets', v6('fd11::/64', { enable_dhcp: false, ipv6_ra_mode: 'slaac' })],
  [
    'two IPv6 modes',
    'POST subnets',
    v6('fd11::/64', { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'dhcpv6-stateful' }),
  ],
  ['a RA mode of IPv4', 'POST subnets', subnet({ ipv6_ra_mode: 'slaac' })],
  ['an address mode of IPv4', 'POST subnets', subnet({ ipv6_address_mode: 'slaac' })],
  [
    'SLAAC with a long prefix',
    'POST subnets',
    v6('fd11::/80', { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' }),
  ],
  [
    'a RA mode with a long prefix',
    'POST subnets',
    v6('fd11::/80', { ipv6_ra_mode: 'slaac' }),
    shows('ipv6_ra_mode'),
  ],
  [
    'DHCPv6 with a long prefix',
    'POST subnets',
    v6('fd12::/96', { ipv6_ra_mode: 'dhcpv6-stateful', ipv6_address_mode: 'dhcpv6-stateful' }),
    shows('ipv6_address_mode'),
  ],
  ...each('ipv6_ra_mode', ['x', '', null, 5], (ipv6_ra_mode) => v6('fd13::/64', { ipv6_ra_mode })),
  [
    'SLAAC',
    'POST subnets',
    v6('fd14::/64', { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' }),
    { keep: 'slaac', shows: ['gateway_ip', 'allocation_pools'] },
  ],
  ['SLAAC loses DHCP', 'PUT subnets/{slaac}', { subnet: { enable_dhcp: false } }],
];

const others: Row[] = [
  ...each(
    'subnetpool_id',
    [null, 'x', '00000000-0000-0000-0000-000000000000', 5],
    (subnetpool_id) => subnet({ subnetpool_id }),
    ['subnetpool_id'],
  ),
  ...each('name', [null, 5], (name) => subnet({ name })),
  ...each('network_id', [null, 'x', 5, '00000000-0000-0000-0000-000000000000'], (network_id) =>
    subnet({ network_id }),
  ),
  ['no network_id', 'POST subnets', { subnet: { ip_version: 4, cidr: '10.8.0.0/24' } }],
  [
    'the network of another project',
    'POST subnets',
    { subnet: { network_id: '{bobs}', ip_version: 4, cidr: '10.8.0.0/24' } },
  ],
  ['shared in a POST', 'POST subnets', subnet({ shared: true })],
  ['an unknown attribute', 'POST subnets', subnet({ nosuch: 1 })],
  [
    'wrapped items',
    'POST subnets',
    { subnets: [subnet({ name: 'w1' }), subnet({ name: 'w2' })] },
    shows('name'),
  ],
];

const put = (title: string, values: object, ...shown: string[]): Row => [
  `PUT: ${title}`,
  'PUT subnets/{sub}',
  { subnet: values },
  { shows: shown },
];
const changes: Row[] = [
  put('a gateway outside the cidr', { gateway_ip: '10.9.9.9' }, 'gateway_ip'),
  put('the network address as gateway', { gateway_ip: '10.10.0.0' }),
  put('a gateway in the pool', { gateway_ip: '10.10.0.20' }),
  put('a gateway', { gateway_ip: '10.10.0.254' }, 'gateway_ip', 'allocation_pools'),
  put('no gateway', { gateway_ip: null }, 'gateway_ip'),
  put('an IPv6 gateway', { gateway_ip: 'fd00::1' }),
  put('enable_dhcp "no"', { enable_dhcp: 'no' }, 'enable_dhcp'),
  put('enable_dhcp null', { enable_dhcp: null }),
  put('no pools', { allocation_pools: [] }, 'allocation_pools'),
  put('pools null', { allocation_pools: null }),
  put('a pool', { allocation_pools: [pool('10.10.0.10', '10.10.0.99')] }, 'allocation_pools'),
  put('a pool outside the cidr', { allocation_pools: [pool('10.11.0.10', '10.11.0.99')] }),
  put('nameservers null', { dns_nameservers: null }, 'dns_nameservers'),
  put('an IPv6 nameserver', { dns_nameservers: ['fd00::1'] }),
  put('the same nameserver twice', { dns_nameservers: ['9.9.9.9', '9.9.9.9'] }),
  put('routes null', { host_routes: null }, 'host_routes'),
  put('a route over IPv6', { host_routes: [{ destination: '198.51.100.0/24', nexthop: 'fd00::1' }] }),
  put('name null', { name: null }),
  ...[
    'cidr',
    'network_id',
    'ip_version',
    'ipv6_ra_mode',
    'subnetpool_id',
    'project_id',
    'shared',
    'nosuch',
  ].map((name) => put(name, { [name]: 'x' })),
  ['PUT: DHCP for a multicast subnet', 'PUT subnets/{multicast}', { subnet: { enable_dhcp: true } }],
];

const revisions: Row[] = [
  [
    'a network for revisions',
    'POST networks',
    { network: { name: 'rev' } },
    { keep: 'rev', shows: ['revision_number'] },
  ],
  [
    'a subnet moves it',
    'POST subnets',
    { subnet: { network_id: '{rev}', ip_version: 4, cidr: '10.12.0.0/24' } },
    { keep: 'revsub', shows: ['revision_number'] },
  ],
  ['its revision after the subnet', 'GET networks/{rev}', undefined, shows('revision_number')],
  [
    'a change of the subnet moves it',
    'PUT subnets/{revsub}',
    { subnet: { name: 'x' } },
    shows('revision_number'),
  ],
  ['its revision after the change', 'GET networks/{rev}', undefined, shows('revision_number')],
  [
    'an equal change of the subnet',
    'PUT subnets/{revsub}',
    { subnet: { name: 'x' } },
    shows('revision_number'),
  ],
  ['its revision after the equal change', 'GET networks/{rev}', undefined, shows('revision_number')],
  ['tags of the subnet', 'PUT subnets/{revsub}/tags', { tags: ['a'] }],
  ['the revision of the subnet after its tags', 'GET subnets/{revsub}', undefined, shows('revision_number')],
  ['its revision after the tags', 'GET networks/{rev}', undefined, shows('revision_number')],
  [
    'a port of the network',
    'POST ports',
    { port: { network_id: '{rev}' } },
    { keep: 'revport', shows: ['revision_number'] },
  ],
  ['its revision after the port', 'GET networks/{rev}', undefined, shows('revision_number')],
  ['deletion of the port', 'DELETE ports/{revport}'],
  ['deletion of the subnet', 'DELETE subnets/{revsub}'],
  ['its revision after the deletion', 'GET networks/{rev}', undefined, shows('revision_number')],
];

/** Subnets. */
export const subnetCases = cases([
  ['a network', 'POST networks', { network: { name: 'subnets' } }, { keep: 'net' }],
  ["another project's network", 'POST networks', { network: { name: 'bobs' } }, { as: 'bob', keep: 'bobs' }],
  [
    'a subnet',
    'POST subnets',
    at('10.10.0.0/24', { allocation_pools: [pool('10.10.0.10', '10.10.0.99')] }),
    { keep: 'sub', shows: ['gateway_ip', 'enable_dhcp', 'dns_nameservers', 'host_routes'] },
  ],
  ['a multicast subnet', 'POST subnets', at('239.1.0.0/24', { enable_dhcp: false }), { keep: 'multicast' }],
  ...prefixes,
  ...versions,
  ...gateways,
  ...lists,
  ...pools,
  ...modes,
  ...others,
  ...changes,
  ...revisions,
]);
