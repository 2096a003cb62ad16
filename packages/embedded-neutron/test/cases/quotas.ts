import { cases, type Row } from './case.ts';

const admin = { as: 'admin' } as const;
const put = (title: string, quota: unknown, shows: readonly string[] = []): Row => [
  title,
  'PUT quotas/{project}',
  { quota },
  { ...admin, shows },
];

/** Quotas of bob's project. */
export const quotaCases = cases([
  [
    "the default group of bob's project",
    'GET security-groups?name=default',
    undefined,
    { as: 'bob', keep: 'project', keeps: 'project_id' },
  ],
  ...[null, 2 ** 31, 2 ** 31 - 1, -1, -2, 1.5, '7', '', 'x', [], {}, true].map((value) =>
    put(`network ${JSON.stringify(value)}`, { network: value }, ['network']),
  ),
  put('force', { network: 5, force: true }, ['network']),
  put('check_limit', { network: 5, check_limit: true }, ['network']),
  put('check_limit that is too low', { security_group_rule: 0, check_limit: true }),
  put('an unknown resource', { nosuch: 1 }),
  put('a name of the prototype', { constructor: 1 }),
  put('another name of the prototype', JSON.parse('{"__proto__": 1}')),
  put('nothing', {}, ['subnet']),
  put('null', null),
  put('a list', []),
  ['no quota', 'PUT quotas/{project}', {}, admin],
  ['all quotas', 'GET quotas', undefined, admin],
  ['all quotas by a member', 'GET quotas'],
  ["the caller's project", 'GET quotas/tenant'],
  ["the caller's project, by its new name", 'GET quotas/project'],
  ['the default quota', 'GET quotas/{project}/default', undefined, { ...admin, shows: ['network', 'port'] }],
  ["the default quota of another's project", 'GET quotas/{project}/default'],
  ["the details of another's project", 'GET quotas/{project}/details'],
  ["another's quota", 'GET quotas/{project}'],
  ['a POST', 'POST quotas', { quota: {} }, admin],
  ["a change of another's quota", 'PUT quotas/{project}', { quota: { network: 1 } }],
  ["deletion of another's quota", 'DELETE quotas/{project}'],
  put('no rules', { security_group_rule: 0 }, ['security_group_rule']),
  ['a group without rules', 'POST security-groups', { security_group: { name: 'none' } }, { as: 'bob' }],
  put('rules for one group', { security_group_rule: 6 }, ['security_group_rule']),
  ['deletion', 'DELETE quotas/{project}', undefined, admin],
  ['deletion again', 'DELETE quotas/{project}', undefined, admin],
]);
