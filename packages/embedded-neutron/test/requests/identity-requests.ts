import fc from 'fast-check';
import { mutate, mutations } from './mutate.ts';
import type { Request } from './network-requests.ts';
import { ABSENT, anything, type Fields } from './values.ts';

/** What the Identity API lets a request set, and values that Keystone accepts for it. */
const attributes: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  project: {
    name: ['project {scene}', 'x'.repeat(64), 'x'.repeat(65)],
    description: ['d', null],
    enabled: [true, false],
    domain_id: ['default', '{domain}', null],
    parent_id: ['default', '{project}', null],
    is_domain: [false],
    tags: [['a'], ['a', 'a'], ['a,b'], ['']],
    options: [{}, { immutable: true }],
    extra: ['e'],
  },
  user: {
    name: ['user {scene}', 'x'.repeat(255), 'x'.repeat(256)],
    password: ['pw', null, 'x'.repeat(4096), 'x'.repeat(4097)],
    description: ['d', null],
    email: ['a@example.org', null, 5],
    enabled: [true, false],
    domain_id: ['default', '{domain}', null],
    default_project_id: ['{project}', '{domain}', null],
    options: [{}],
  },
  role: {
    name: ['role {scene}', 'member', 'x'.repeat(256)],
    description: ['d', null],
    domain_id: [null],
    options: [{}],
  },
  domain: {
    name: ['domain {scene}', 'Default', 'x'.repeat(65)],
    description: ['d', null],
    enabled: [true, false],
    tags: [['a']],
    options: [{}],
  },
};
const kinds = Object.keys(attributes);
const kind = fc.constantFrom(...kinds);
const as = fc
  .constantFrom<(Request['as'] | undefined)[]>('admin', 'admin', 'admin', 'admin', undefined)
  .map((user) => (user === undefined ? {} : { as: user }));

const valueFor = (of: string, name: string): fc.Arbitrary<unknown> => {
  const known = Object.hasOwn(attributes[of] ?? {}, name) ? (attributes[of]?.[name] ?? []) : [];
  const other = fc.constantFrom(...anything);
  return known.length === 0
    ? other
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 2, arbitrary: other });
};
const values = (of: string): fc.Arbitrary<Fields> =>
  fc
    .array(
      fc
        .constantFrom(...Object.keys(attributes[of] ?? {}), 'id', 'links')
        .chain((name) => fc.tuple(fc.constant(name), valueFor(of, name))),
      { minLength: 1, maxLength: 2 },
    )
    .map((pairs) => Object.fromEntries(pairs));

/** Names differ, because Keystone may keep what it answered with an error. */
const creation = kind.chain((of) =>
  fc.tuple(values(of), as, fc.nat({ max: 1e9 })).map(
    ([given, user, number]): Request => ({
      ask: `POST /v3/${of}s`,
      body: { [of]: { name: `new ${number}`, ...given } },
      ...user,
    }),
  ),
);
const change = kind.chain((of) =>
  fc
    .tuple(fc.constantFrom(`{${of}}`, `{${of}}`, `{${of}}`, ABSENT, 'x'), values(of), as)
    .map(([id, given, user]): Request => ({ ask: `PATCH /v3/${of}s/${id}`, body: { [of]: given }, ...user })),
);
/** Lists contain only objects of the scene. */
const list = kind.chain((of) =>
  fc
    .tuple(
      fc.array(
        fc.tuple(
          fc.constantFrom('enabled', 'domain_id', 'parent_id', 'is_domain', 'nosuch', 'name__contains'),
          fc.constantFrom('true', 'false', '0', 'x', '', 'default', '{domain}'),
        ),
        { maxLength: 2 },
      ),
      as,
    )
    .map(
      ([filters, user]): Request => ({
        ask: `GET /v3/${of}s?${[['name', `${of}%20{scene}`], ...filters].map((pair) => pair.join('=')).join('&')}`,
        shows: ['name'],
        ...user,
      }),
    ),
);
const show = kind.chain((of) =>
  fc
    .tuple(fc.constantFrom('GET', 'HEAD'), fc.constantFrom(`{${of}}`, ABSENT, 'x', 'constructor'), as)
    .map(([method, id, user]): Request => ({ ask: `${method} /v3/${of}s/${id}`, ...user })),
);
const paths = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'POST'),
    fc.constantFrom(
      'projects/{project}/users/{user}/roles/{role}',
      'projects/{project}/users/{user}/roles/x',
      'projects/{project}/users/{user}/roles',
      'domains/{domain}/users/{user}/roles/{role}',
      'system/users/{user}/roles/{role}',
      'projects/{project}/tags',
      'projects/{project}/tags/a',
      'role_assignments?user.id={user}',
      'role_assignments?scope.project.id={project}',
      'users/{user}/projects',
      'users/{alice}/projects',
      'users/{alice}/application_credentials/{credential}',
      'users/{alice}/application_credentials/x',
      'users/{alice}/access_rules',
      'users/{user}/groups',
      'auth/projects',
      'auth/domains',
      'auth/system',
      'auth/catalog',
      'groups',
      'regions/RegionOne',
      'services/x',
      'endpoints/x',
      'nosuch',
      'constructor',
    ),
    as,
  )
  // A deletion of the scene's credential costs a new scene.
  .filter(([method, path]) => method !== 'DELETE' || !path.endsWith('{credential}'))
  .map(([method, path, user]): Request => ({ ask: `${method} /v3/${path}`, ...user }));

const credential = {
  name: 'new',
  description: 'd',
  expires_at: '2099-01-01T00:00:00Z',
  roles: [{ name: 'member' }],
  unrestricted: false,
  access_rules: [{ service: 'network', method: 'GET', path: '/v2.0/networks' }],
};
const credentials = fc
  .tuple(mutations, fc.constantFrom<(Request['as'] | undefined)[]>(undefined, undefined, undefined, 'admin'))
  .map(
    ([changes, user]): Request => ({
      ask: 'POST /v3/users/{alice}/application_credentials',
      body: mutate({ application_credential: credential }, changes),
      ...(user && { as: user }),
    }),
  );

const domain = { id: 'default' };
const scope = { project: { name: 'alice', domain } };
/** Logins of users that do not exist: those of others would wait for their next attempt. */
const logins = ['password', 'token', 'application_credential'].map((method) => ({
  auth: {
    identity: {
      methods: [method],
      password: { user: { name: 'nosuch', domain, password: 'x' } },
      ...(method === 'token' && { token: { id: 'x' } }),
      ...(method === 'application_credential' && { application_credential: { id: ABSENT, secret: 'x' } }),
    },
    ...(method !== 'application_credential' && { scope }),
  },
}));
const login = fc
  .tuple(fc.constantFrom(...logins), mutations, fc.nat({ max: 1e9 }))
  .map(([body, changes, number]): Request => {
    const changed = JSON.stringify(mutate(body, changes));
    return { ask: 'POST /v3/auth/tokens', body: JSON.parse(changed.replaceAll('nosuch', `nosuch${number}`)) };
  });

/** Requests to Keystone about the objects of the scene. */
export const identityRequests: fc.Arbitrary<Request> = fc.oneof(
  { weight: 25, arbitrary: creation },
  { weight: 15, arbitrary: change },
  { weight: 15, arbitrary: list },
  { weight: 5, arbitrary: show },
  { weight: 20, arbitrary: paths },
  { weight: 12, arbitrary: credentials },
  { weight: 8, arbitrary: login },
);
