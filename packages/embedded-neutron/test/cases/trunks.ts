import { cases, type Row } from './case.ts';

const ABSENT = '00000000-0000-0000-0000-000000000000';
const sub = (port_id: unknown, segmentation_id: unknown, segmentation_type: unknown = 'vlan') => ({
  port_id,
  segmentation_id,
  segmentation_type,
});
const trunk = (values: object) => ({ trunk: { port_id: '{free}', ...values } });
const each = (name: string, values: readonly unknown[]): Row[] =>
  values.map((value) => [
    `${name} ${JSON.stringify(value).slice(0, 80)}`,
    'POST trunks',
    trunk({ [name]: value }),
  ]);
const add = (title: string, sub_ports: unknown): Row => [
  `add: ${title}`,
  'PUT trunks/{trunk}/add_subports',
  { sub_ports },
];
const take = (title: string, sub_ports: unknown): Row => [
  `remove: ${title}`,
  'PUT trunks/{trunk}/remove_subports',
  { sub_ports },
];

/** What both the creation of a trunk and add_subports refuse. */
const refused = [
  ['a port twice', [sub('{c1}', 201), sub('{c1}', 202)]],
  ['an id twice', [sub('{c1}', 201), sub('{c2}', 201)]],
  ['id 0', [sub('{c1}', 0)]],
  ['id 4095', [sub('{c1}', 4095)]],
  ['id -1', [sub('{c1}', -1)]],
  ['an id that is text', [sub('{c1}', 'x')]],
  ['an id that is null', [sub('{c1}', null)]],
  ['another type', [sub('{c1}', 201, 'geneve')]],
  ['a type that is null', [sub('{c1}', 201, null)]],
  ['a port that is no id', [sub('x', 201)]],
  ['a port that is null', [sub(null, 201)]],
  ['an absent port', [sub(ABSENT, 201)]],
  ['the parent', [sub('{parent}', 201)]],
  ['no port', [{ segmentation_id: 201, segmentation_type: 'vlan' }]],
  ['no type', [{ port_id: '{c1}', segmentation_id: 201 }]],
  ['no id', [{ port_id: '{c1}', segmentation_type: 'vlan' }]],
  ['text', 'x'],
  ['an object', {}],
  ['a list of texts', ['x']],
  ['a list of nulls', [null]],
] as const;

/** Trunks and their subports. */
export const trunkCases = cases([
  ['a network', 'POST networks', { network: { name: 'trunks' } }, { keep: 'net' }],
  ...['parent', 'free', 'c1', 'c2', 'c3', 'c4'].map(
    (name): Row => [`port ${name}`, 'POST ports', { port: { network_id: '{net}', name } }, { keep: name }],
  ),
  ['a port in use', 'POST ports', { port: { network_id: '{net}', device_id: 'vm' } }, { keep: 'busy' }],
  [
    'a trunk',
    'POST trunks',
    { trunk: { port_id: '{parent}', sub_ports: [sub('{c3}', 100)] } },
    { keep: 'trunk', shows: ['sub_ports', 'admin_state_up', 'description'] },
  ],
  ...each('name', [null, 5]),
  ...each('description', [null, 5]),
  ...each('admin_state_up', [null, 'maybe']),
  ...each('port_id', [null, 'x', 5, ABSENT, '{parent}', '{c3}']),
  ['no port_id', 'POST trunks', { trunk: {} }],
  ...refused.map(([title, sub_ports]): Row => [`POST: ${title}`, 'POST trunks', trunk({ sub_ports })]),
  ...refused.map(([title, sub_ports]) => add(title, sub_ports)),
  ['POST: subports null', 'POST trunks', trunk({ sub_ports: null })],
  add('null', null),
  add('nothing', []),
  ['add: no sub_ports', 'PUT trunks/{trunk}/add_subports', {}],
  add('the id of another subport', [sub('{c1}', 100)]),
  add('a subport again', [sub('{c3}', 101)]),
  add('a port in use', [sub('{busy}', 101)]),
  add('an id as text', [sub('{c4}', '104')]),
  take('a port twice', [{ port_id: '{c4}' }, { port_id: '{c4}' }]),
  take('no port', [{}]),
  take('text', 'x'),
  take('a port that is no id', [{ port_id: 'x' }]),
  take('an absent port', [{ port_id: ABSENT }]),
  take('a port of no trunk', [{ port_id: '{c1}' }]),
  take('nothing', []),
  take('a port with its id', [sub('{c4}', 104)]),
  ...['port_id', 'sub_ports', 'status', 'nosuch', 'tenant_id'].map(
    (name): Row => [`PUT: ${name}`, 'PUT trunks/{trunk}', { trunk: { [name]: 'x' } }],
  ),
  ['PUT: name null', 'PUT trunks/{trunk}', { trunk: { name: null } }],
  [
    'PUT: admin_state_up "no"',
    'PUT trunks/{trunk}',
    { trunk: { admin_state_up: 'no' } },
    { shows: ['admin_state_up'] },
  ],
  ['PUT: admin_state_up null', 'PUT trunks/{trunk}', { trunk: { admin_state_up: null } }],
  [
    'PUT: enabled again',
    'PUT trunks/{trunk}',
    { trunk: { admin_state_up: true } },
    { shows: ['admin_state_up'] },
  ],
  ['wrapped items', 'POST trunks', { trunks: [trunk({ name: 'w' })] }, { shows: ['name'] }],
]);
