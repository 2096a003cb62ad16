import { cases, type Row } from './case.ts';

const list = (query: string, shows: readonly string[] = ['name']): Row => [
  query,
  `GET ${query}`,
  undefined,
  { shows },
];
const ofNetwork = (query: string) => list(`subnets?network_id={net}&${query}&sort_key=name&sort_dir=asc`);
const ofPort = (query: string) => list(`ports?network_id={net}&${query}`);
const ofRule = (query: string) => list(`security-group-rules?security_group_id={sg}&${query}`, ['protocol']);
const put = (title: string, match: string): Row => [
  title,
  'PUT networks/{net}',
  { network: { description: 'd' } },
  { headers: { 'If-Match': match } },
];

const filters: Row[] = [
  ...['True', 'true', '1', 'yes', 'no', 'maybe', '', 'null'].map((value) =>
    ofPort(`admin_state_up=${value}&sort_key=name&sort_dir=asc`),
  ),
  ...['1400', '1442', 'abc', '', '-1', '1400&mtu=1442'].map((value) =>
    list(`networks?description=lists&mtu=${value}&sort_key=name&sort_dir=asc`),
  ),
  ...['4', '6', 'abc', '5', ''].map((value) => ofNetwork(`ip_version=${value}`)),
  ...['True', 'no', 'x', ''].map((value) => ofNetwork(`enable_dhcp=${value}`)),
  ...['10.70.0.0/24', '10.70.0.5/24', '10.70.0.0', 'x', 'FD70::/64'].map((value) =>
    ofNetwork(`cidr=${value}`),
  ),
  ...['10.70.0.1', 'x', 'FD70::'].map((value) => ofNetwork(`gateway_ip=${value}`)),
  ...['False', 'True', 'x'].map((value) => ofNetwork(`shared=${value}`)),
  ...['x', ''].map((value) => ofNetwork(`segment_id=${value}`)),
  ...['False', 'maybe'].map((value) =>
    list(`networks?description=lists&shared=${value}&sort_key=name&sort_dir=asc`),
  ),
  ...['False', 'maybe'].map((value) =>
    list(`networks?description=lists&router:external=${value}&sort_key=name&sort_dir=asc`),
  ),
  ...['active', 'ACTIVE', 'x'].map((value) =>
    list(`networks?description=lists&status=${value}&sort_key=name&sort_dir=asc`),
  ),
  ...['down', 'DOWN', 'x'].map((value) => ofPort(`status=${value}&sort_key=name&sort_dir=asc`)),
  ...['', 'p1', 'P1', 'x', 'p1&name=p2'].map((value) => ofPort(`name=${value}&sort_key=name&sort_dir=asc`)),
  ...['fa:16:3e:70:00:01', 'FA:16:3E:70:00:01', 'fa-16-3e-70-00-01', 'x'].map((value) =>
    ofPort(`mac_address=${value}`),
  ),
  ...[
    'ip_address=10.70.0.11',
    'subnet_id={sub}',
    'ip_address=10.70.0.11&fixed_ips=subnet_id={sub}',
    'ip_address_substr=70.0.1',
    'x',
    'x=y',
    '',
  ].map((value) => ofPort(`fixed_ips=${value}&sort_key=name&sort_dir=asc`)),
  ...['{sg}', 'x'].map((value) => ofPort(`security_groups=${value}&sort_key=name&sort_dir=asc`)),
  ...[
    'device_owner=',
    'device_id=',
    'device_id=vm',
    'description=',
    'id={p1}',
    'id=x',
    'project_id=x',
    'tenant_id=x',
    'project_id=x&tenant_id=y',
    'nosuch=',
    'constructor=1',
    '__proto__=1',
    'toString=x',
    'hasOwnProperty=1',
  ].map((query) => ofPort(`${query}&sort_key=name&sort_dir=asc`)),
  ...[
    'binding:vnic_type=normal',
    'port_security_enabled=True',
    'dns_name=x',
    'ip_allocation=immediate',
    'allowed_address_pairs=x',
    'extra_dhcp_opts=x',
    'qos_policy_id=x',
    'created_at=x',
    'updated_at=x',
    'changed_since=2020-01-01T00:00:00',
    'revision_number=1',
    'tags=x',
    'binding:profile=x',
  ].map((query) => ofPort(`${query}&sort_key=name&sort_dir=asc`)),
  ...[
    'subnets=x',
    'is_default=False',
    'vlan_transparent=False',
    'provider:network_type=geneve',
    'provider:segmentation_id=abc',
    'port_security_enabled=True',
    'dns_domain=',
    'created_at=x',
    'qos_policy_id=x',
    'availability_zones=x',
    'l2_adjacency=True',
  ].map((query) => list(`networks?name=l1&${query}`)),
  ...[
    'allocation_pools=x',
    'dns_nameservers=x',
    'subnetpool_id=x',
    'ipv6_ra_mode=x',
    'service_types=x',
    'name=',
  ].map((query) => ofNetwork(query)),
  ...[
    'protocol=tcp',
    'protocol=TCP',
    'protocol=6',
    'protocol=nosuch',
    'ethertype=ipv4',
    'ethertype=x',
    'direction=ingress',
    'direction=x',
    'port_range_min=80',
    'port_range_min=x',
    'port_range_max=99999',
    'remote_ip_prefix=10.0.0.1/24',
    'remote_ip_prefix=10.0.0.0/24',
    'remote_ip_prefix=x',
    'normalized_cidr=10.0.0.0/24',
    'remote_address_group_id=x',
    'remote_group_id=x',
    'description=x',
  ].map((query) => ofRule(`${query}&sort_key=protocol&sort_dir=asc`)),
  ...['stateful=True', 'shared=False', 'shared=maybe', 'name=SG', 'name=lists'].map((query) =>
    list(`security-groups?description=lists&${query}`),
  ),
  ...['admin_state_up=maybe', 'port_id=x', 'status=x', 'sub_ports=x', 'name=x'].map((query) =>
    list(`trunks?${query}`),
  ),
];

const orders: Row[] = [
  ...['asc', 'desc', 'up', 'ASC', ''].map((direction) => ofPort(`sort_key=name&sort_dir=${direction}`)),
  ofPort('sort_key=name'),
  ofPort('sort_dir=asc'),
  ofPort('sort_key=name&sort_key=id&sort_dir=asc'),
  ...[
    'fixed_ips',
    'nosuch',
    'constructor',
    '__proto__',
    'tags',
    'security_groups',
    'binding:host_id',
    'description',
    'created_at',
    'project_id',
    '',
  ].map((key) => list(`ports?id={p1}&sort_key=${key}&sort_dir=asc`)),
  ...['shared', 'router:external', 'mtu', 'subnets', 'provider:network_type'].map((key) =>
    list(`networks?name=l1&sort_key=${key}&sort_dir=asc`),
  ),
];

const page = (query: string): Row => [
  `page ${query}`,
  `GET ports?network_id={net}&sort_key=name&sort_dir=asc&${query}`,
  undefined,
  { shows: ['name', 'links'] },
];
const pages: Row[] = [
  ...[
    'limit=2',
    'limit=3',
    'limit=4',
    'limit=0',
    'limit=',
    'limit=-1',
    'limit=x',
    'limit=1.5',
    'limit=2&marker={p2}',
    'limit=2&marker={p3}',
    'limit=2&marker={p1}&page_reverse=True',
    'limit=2&marker={p3}&page_reverse=True',
    'limit=2&page_reverse=true',
    'limit=2&page_reverse=x',
    'limit=2&marker=x',
    'limit=2&marker=',
    'marker=x',
    'marker={p1}',
  ].map(page),
];

const fields: Row[] = [
  ['fields', 'GET ports/{p1}?fields=name&fields=nosuch', undefined, { shows: ['name', 'id'] }],
  [
    'fields of the prototype',
    'GET ports/{p1}?fields=constructor&fields=__proto__&fields=toString',
    undefined,
    { shows: ['name', 'id', 'constructor'] },
  ],
  ['fields in a list', 'GET ports?id={p1}&fields=name', undefined, { shows: ['name', 'id'] }],
  ['empty fields', 'GET ports?id={p1}&fields=', undefined, { shows: ['name'] }],
  ['empty fields of one', 'GET ports/{p1}?fields=', undefined, { shows: ['name'] }],
  ['only unknown fields', 'GET ports?id={p1}&fields=nosuch', undefined, { shows: ['name', 'id'] }],
];

const paths: Row[] = [
  ['a slash after the collection', 'GET networks/?name=l1', undefined, { shows: ['name'] }],
  ['a slash after the id', 'GET networks/{net}/', undefined, { shows: ['name'] }],
  ['two slashes', 'GET networks//', undefined],
  ['a slash in a POST', 'POST networks/', { network: { name: 'slash' } }, { shows: ['name'] }],
  ['a slash in a PUT', 'PUT networks/{net}/', { network: { name: 'l1' } }, { shows: ['name'] }],
  ['.json after the collection', 'GET networks.json?name=l1', undefined, { shows: ['name'] }],
  ['.json after the id', 'GET networks/{net}.json', undefined, { shows: ['name'] }],
  ['an unknown member', 'GET networks/{net}/nosuch'],
  ['another collection', 'GET constructor'],
  ['another collection, __proto__', 'GET __proto__'],
  ['an id of the prototype', 'GET networks/constructor'],
  ['an id of the prototype in a DELETE', 'DELETE networks/__proto__'],
];

const matches: Row[] = [
  put('If-Match without a number', 'revision_number='),
  put('If-Match x', 'revision_number=x'),
  put('If-Match -1', 'revision_number=-1'),
  put('If-Match twice', 'revision_number=1, revision_number=2'),
  put('If-Match with an old revision', 'revision_number=0'),
  put('If-Match in quotes', '"revision_number=0"'),
  put('another If-Match', 'x'),
  put('an empty If-Match', ''),
  put('If-Match twice in quotes', '"revision_number=1", "revision_number=2"'),
  ['an empty network', 'POST networks', { network: {} }, { keep: 'empty' }],
  [
    'If-Match in a DELETE',
    'DELETE networks/{empty}',
    undefined,
    { headers: { 'If-Match': 'revision_number=0' } },
  ],
  ['If-Match in a GET', 'GET networks/{net}', undefined, { headers: { 'If-Match': 'revision_number=x' } }],
];

const tags = (title: string, body: unknown): Row => [title, 'PUT networks/{net}/tags', body];
const marks: Row[] = [
  tags('tags', { tags: ['b', 'a'] }),
  ...[['a', 'a'], null, 'x', {}, [5], [null], ['x'.repeat(256)], [''], []].map((value) =>
    tags(`tags ${JSON.stringify(value).slice(0, 40)}`, { tags: value }),
  ),
  tags('no tags', {}),
  tags('a list', []),
  ['tags without a body', 'PUT networks/{net}/tags'],
  ['a tag', 'PUT networks/{net}/tags/x'],
  ['a tag with a space', 'PUT networks/{net}/tags/a%20b'],
  ['a tag with a slash', 'PUT networks/{net}/tags/a%2Fb'],
  ['a long tag', `PUT networks/{net}/tags/${'x'.repeat(256)}`],
  ['a tag of the prototype', 'PUT networks/{net}/tags/constructor'],
  ['the tag is there', 'GET networks/{net}/tags/constructor'],
  ['a tag that is not there', 'GET networks/{net}/tags/toString'],
  ['tags of an absent network', 'GET networks/00000000-0000-0000-0000-000000000000/tags'],
  ['tags of an absent security group', 'PUT security-groups/x/tags', { tags: [] }],
  ['tags of a rule', 'PUT security-group-rules/{rule}/tags', { tags: ['a'] }],
  list('networks?name=l1&tags=x'),
  list('networks?name=l1&tags='),
  list('networks?name=l1&tags-any=x,nosuch'),
  list('networks?name=l1&not-tags=x'),
  list('networks?name=l1&not-tags-any=nosuch'),
  ['tags in the POST of a network', 'POST networks', { network: { tags: ['a'] } }],
  ['tags in the POST of a group', 'POST security-groups', { security_group: { name: 't', tags: ['a'] } }],
];

/** Lists, single resources, revisions and tags. */
export const listCases = cases([
  [
    'a network',
    'POST networks',
    { network: { name: 'l1', description: 'lists', mtu: 1400 } },
    { keep: 'net' },
  ],
  ['another network', 'POST networks', { network: { name: 'l2', description: 'lists' } }],
  [
    'a subnet',
    'POST subnets',
    { subnet: { network_id: '{net}', name: 's4', ip_version: 4, cidr: '10.70.0.0/24' } },
    { keep: 'sub' },
  ],
  [
    'an IPv6 subnet',
    'POST subnets',
    { subnet: { network_id: '{net}', name: 's6', ip_version: 6, cidr: 'fd70::/64', enable_dhcp: false } },
  ],
  [
    'a group',
    'POST security-groups',
    { security_group: { name: 'lists', description: 'lists' } },
    { keep: 'sg' },
  ],
  [
    'a rule',
    'POST security-group-rules',
    {
      security_group_rule: {
        security_group_id: '{sg}',
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 80,
        port_range_max: 90,
        remote_ip_prefix: '10.0.0.1/24',
      },
    },
    { keep: 'rule' },
  ],
  ...[1, 2, 3].map(
    (n): Row => [
      `port ${n}`,
      'POST ports',
      {
        port: {
          network_id: '{net}',
          name: `p${n}`,
          mac_address: `fa:16:3e:70:00:0${n}`,
          fixed_ips: [{ ip_address: `10.70.0.1${n}` }],
          admin_state_up: n !== 3,
          ...(n === 2 && { device_id: 'vm', security_groups: ['{sg}'] }),
        },
      },
      { keep: `p${n}` },
    ],
  ),
  ...filters,
  ...orders,
  ...pages,
  ...fields,
  ...paths,
  ...matches,
  ...marks,
]);
