import { cases, type Row } from '../cases/case.ts';

/** `{scene}` differs each time that the scene is built, because some objects of the last one may be left. */
const pinned = { description: '{scene}' };
const network = (name: string, as?: 'bob'): Row => [
  name,
  'POST networks',
  { network: { name, ...pinned } },
  { keep: name, ...(as && { as }) },
];
const subnet = (name: string, values: object, as?: 'bob'): Row => [
  name,
  'POST subnets',
  { subnet: { name, ip_version: 4, ...values } },
  { keep: name, ...(as && { as }) },
];
const group = (name: string, values: object, as?: 'bob'): Row => [
  name,
  'POST security-groups',
  { security_group: { name, ...pinned, ...values } },
  { keep: name, ...(as && { as }) },
];
const port = (name: string, values: object = {}): Row => [
  name,
  'POST ports',
  { port: { network_id: '{net}', name, ...values } },
  { keep: name },
];
const slaac = { ip_version: 6, ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };

/** The objects of alice and bob to which generated requests to Neutron refer, by the names they keep. */
export const networkScene = cases([
  ['default', 'GET security-groups?name=default', undefined, { keep: 'default' }],
  [
    'project',
    'GET security-groups?name=default',
    undefined,
    { as: 'bob', keep: 'project', keeps: 'project_id' },
  ],
  network('net'),
  subnet('sub', { network_id: '{net}', cidr: '10.60.0.0/24' }),
  network('other'),
  subnet('othersub', { network_id: '{other}', cidr: '10.62.0.0/24' }),
  network('bare'),
  network('auto'),
  subnet('autosub', { network_id: '{auto}', cidr: 'fd60::/64', ...slaac }),
  network('bobs', 'bob'),
  subnet('bobsub', { network_id: '{bobs}', cidr: '10.63.0.0/24' }, 'bob'),
  group('sg', {}),
  group('stateless', { stateful: false }),
  group('bobsg', {}, 'bob'),
  [
    'rule',
    'POST security-group-rules',
    {
      security_group_rule: {
        security_group_id: '{sg}',
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 80,
        port_range_max: 90,
        remote_ip_prefix: '10.0.0.0/24',
      },
    },
    { keep: 'rule' },
  ],
  port('port', { security_groups: ['{sg}'], fixed_ips: [{ ip_address: '10.60.0.40' }] }),
  port('busy', { device_id: 'vm' }),
  port('free'),
  port('parent'),
  port('c1'),
  port('c2'),
  [
    'trunk',
    'POST trunks',
    {
      trunk: {
        name: 'trunk',
        ...pinned,
        port_id: '{parent}',
        sub_ports: [{ port_id: '{c1}', segmentation_type: 'vlan', segmentation_id: 101 }],
      },
    },
    { keep: 'trunk' },
  ],
]);

const admin = { as: 'admin' } as const;
const entity = (kind: string, values: object): Row => [
  kind,
  `POST /v3/${kind}s`,
  { [kind]: { name: `${kind} {scene}`, ...values } },
  { ...admin, keep: kind },
];

/** The objects to which generated requests to Keystone refer. */
export const identityScene = cases([
  entity('domain', {}),
  entity('project', {}),
  entity('role', {}),
  entity('user', { password: 'scene-pw', default_project_id: '{project}' }),
  ['alice', 'GET /v3/users?name=alice', undefined, { ...admin, keep: 'alice' }],
  ['aliceproject', 'GET /v3/projects?name=alice', undefined, { ...admin, keep: 'aliceproject' }],
  ['member', 'GET /v3/roles?name=member', undefined, { ...admin, keep: 'member' }],
  [
    'credential',
    'POST /v3/users/{alice}/application_credentials',
    { application_credential: { name: 'scene' } },
    { keep: 'credential' },
  ],
]);

/** The objects that requests change, by the path of their collection. */
export const targets: Readonly<Record<string, readonly string[]>> = {
  networks: ['net', 'other', 'bare', 'bobs'],
  subnets: ['sub', 'othersub', 'autosub', 'bobsub'],
  ports: ['port', 'busy', 'free', 'parent', 'c1', 'c2'],
  trunks: ['trunk'],
  'security-groups': ['sg', 'stateless', 'default', 'bobsg'],
  'security-group-rules': ['rule'],
};
