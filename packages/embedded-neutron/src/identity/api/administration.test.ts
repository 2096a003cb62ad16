import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send, startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';

/*
 * Two replicas on one database: what the tests write on `one` must hold on `two`.
 */
let one: TestCloud;
let two: TestCloud;
let admin: string;
let alice: string;

interface Item {
  readonly id: string;
  readonly name: string;
  readonly [key: string]: unknown;
}
interface Body {
  readonly links?: { readonly next: string | null; readonly self: string };
  readonly error?: { readonly message: string };
  readonly [key: string]: unknown;
}

const call = async (method: string, path: string, body?: unknown, token = admin, cloud = one) => {
  const answer = await cloud.identity(method, `/v3/${path}`, body, { 'X-Auth-Token': token });
  return { status: answer.status, headers: answer.headers, body: answer.body as unknown as Body };
};
const item = (body: Body): Item => Object.values(body)[0] as Item;
const items = (body: Body): readonly Item[] => Object.values(body)[0] as readonly Item[];
const create = async (singular: string, attributes: object): Promise<Item> => {
  const answer = await call('POST', `${singular}s`, { [singular]: attributes });
  expect([answer.status, answer.body.error]).toEqual([201, undefined]);
  return item(answer.body);
};
const login = async (userId: string, password: string, scope?: object, cloud = one) => {
  const identity = { methods: ['password'], password: { user: { id: userId, password } } };
  const answer = await cloud.identity('POST', '/v3/auth/tokens', {
    auth: { identity, ...(scope && { scope }) },
  });
  return { status: answer.status, token: answer.headers.get('X-Subject-Token') ?? '', body: answer.body };
};
/** Resolves when the replica answers with this status. */
const until = (cloud: TestCloud, path: string, token: string, status: number) =>
  expect
    .poll(async () => (await call('GET', path, undefined, token, cloud)).status, {
      timeout: 10_000,
      interval: 20,
    })
    .toBe(status);
const network = (token: string, method = 'GET', body?: unknown) =>
  send(`${one.service.networkUrl}/v2.0/networks`, method, body, { 'X-Auth-Token': token });
const identityRows = () =>
  one.nb
    .nbctl('--no-headings', '--format=csv', '--columns=external_ids', 'list', 'DNS')
    .split('\n')
    // The guard row of the engine changes with each commit.
    .filter((line) => !line.includes('generation='))
    .toSorted();

beforeAll(async () => {
  one = await startCloud();
  two = await startCloud({ nb: one.nb });
  [admin, alice] = await Promise.all([one.token('admin'), one.token('alice')]);
});
afterAll(async () => {
  await two[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
});

describe.each([
  { kind: 'domain', made: { description: 'd', tags: ['x'] }, change: { description: 'e', enabled: false } },
  { kind: 'project', made: { description: 'd', tags: ['x'], cost: 7 }, change: { enabled: false, cost: 8 } },
  { kind: 'user', made: { email: 'e@example.org', password: 'pw' }, change: { email: 'f@example.org' } },
  { kind: 'role', made: { description: 'd' }, change: { description: 'e' } },
])('$kind', ({ kind, made, change }) => {
  test('is created, shown, listed, changed and deleted on either replica', async () => {
    const path = `${kind}s`;
    const before = identityRows();
    const shown = await create(kind, { name: `a ${kind}`, ...made });
    const { password: _, ...expected } = made as { password?: string };
    expect(shown).toMatchObject({ name: `a ${kind}`, ...expected });
    expect(shown['links']).toEqual({ self: `${one.service.identityUrl}/v3/${path}/${shown.id}` });
    await until(two, `${path}/${shown.id}`, await two.token('admin'), 200);

    const found = await call('GET', `${path}?name=a+${kind}`, undefined, admin, two);
    expect(items(found.body).map(({ id }) => id)).toEqual([shown.id]);
    expect(found.body.links).toMatchObject({ next: null, previous: null });

    const changed = await call(
      'PATCH',
      `${path}/${shown.id}`,
      { [kind]: { name: `b ${kind}`, ...change } },
      admin,
      two,
    );
    expect(item(changed.body)).toMatchObject({ ...expected, ...change, name: `b ${kind}` });
    await expect
      .poll(async () => item((await call('GET', `${path}/${shown.id}`)).body))
      .toMatchObject({ name: `b ${kind}`, ...change });
    expect(items((await call('GET', `${path}?name=a+${kind}`)).body)).toEqual([]);

    expect((await call('DELETE', `${path}/${shown.id}`)).status).toBe(204);
    expect((await call('GET', `${path}/${shown.id}`)).status).toBe(404);
    expect((await call('DELETE', `${path}/${shown.id}`)).status).toBe(404);
    expect((await call('PATCH', `${path}/${shown.id}`, { [kind]: change })).status).toBe(404);
    expect(identityRows()).toEqual(before);
  });

  test('a name exists once, also when two replicas create it at the same time', async () => {
    const name = `twice ${kind}`;
    const requests = Array.from({ length: 6 }, (_unused, index) =>
      call('POST', `${kind}s`, { [kind]: { name } }, admin, index % 2 === 0 ? one : two),
    );
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    const other = await create(kind, { name: `other ${kind}` });
    expect((await call('PATCH', `${kind}s/${other.id}`, { [kind]: { name } })).status).toBe(409);
  });

  test.each<[string, unknown]>([
    ['no attributes', {}],
    ['no name', { description: 'x' }],
    ['an empty name', { name: '' }],
    ['a blank name', { name: ' \t' }],
    ['a number for a name', { name: 5 }],
    ['a long name', { name: 'x'.repeat(256) }],
    ['a long description', { name: 'x', description: 'x'.repeat(5000) }],
    ['long additional attributes', { name: 'x', note: 'x'.repeat(5000) }],
    ['the attribute __proto__', JSON.parse('{"name": "x", "__proto__": {"enabled": true}}')],
    ['options', { name: 'x', options: { immutable: true } }],
    ['a list', []],
    ['null', null],
    ['text', 'text'],
  ])('with %s is refused', async (_what, attributes) => {
    expect((await call('POST', `${kind}s`, { [kind]: attributes })).status).toBe(400);
  });

  test('only admins read and write', async () => {
    const other = await create(kind, { name: `secret ${kind}` });
    const requests: [string, string, unknown][] = [
      ['GET', `${kind}s`, undefined],
      ['GET', `${kind}s/${other.id}`, undefined],
      ['POST', `${kind}s`, { [kind]: { name: 'mine' } }],
      ['PATCH', `${kind}s/${other.id}`, { [kind]: { name: 'mine' } }],
      ['DELETE', `${kind}s/${other.id}`, undefined],
    ];
    for (const [method, path, body] of requests) {
      expect([method, (await call(method, path, body, alice)).status]).toEqual([method, 403]);
      expect([method, (await call(method, path, body, 'no token')).status]).toEqual([method, 401]);
    }
  });
});

test.each<[string, string, unknown, number]>([
  ['an unknown domain', 'users', { user: { name: 'x', domain_id: 'none' } }, 404],
  ['an unknown domain', 'projects', { project: { name: 'x', domain_id: 'none' } }, 400],
  ['a project as a domain', 'projects', { project: { name: 'x', is_domain: true } }, 400],
  ['an unknown parent', 'projects', { project: { name: 'x', parent_id: 'none' } }, 400],
  ['enabled as text', 'users', { user: { name: 'x', enabled: 'yes' } }, 400],
  ['an empty password', 'users', { user: { name: 'x', password: '' } }, 400],
  ['a long password', 'users', { user: { name: 'x', password: 'x'.repeat(5000) } }, 400],
  ['a domain as default project', 'users', { user: { name: 'x', default_project_id: 'default' } }, 400],
  ['a tag with a slash', 'projects', { project: { name: 'x', tags: ['a/b'] } }, 400],
  ['a tag twice', 'projects', { project: { name: 'x', tags: ['a', 'a'] } }, 400],
  ['a role of a domain', 'roles', { role: { name: 'x', domain_id: 'default' } }, 400],
  ['a group', 'groups', { group: { name: 'x' } }, 403],
  ['a service', 'services', { service: { type: 'x' } }, 403],
  ['an endpoint', 'endpoints', { endpoint: {} }, 403],
])('%s in %s is refused', async (_what, path, body, status) => {
  expect((await call('POST', path, body)).status).toBe(status);
});

test.each([
  [30, 201],
  [31, 400],
  [20_000, 400],
  [57_000, 400],
])('lists in lists, %i deep, in an additional attribute', async (depth, status) => {
  const note = '['.repeat(depth) + ']'.repeat(depth);
  const body = `{"role": {"name": "deep ${depth}", "note": ${note}}}`;
  expect((await call('POST', 'roles', body)).status).toBe(status);
  if (status === 201) expect((await call('GET', 'roles')).status).toBe(200);
});

test('users and projects of two domains may have the same name; ids and domains never change', async () => {
  const domain = await create('domain', { name: 'elsewhere' });
  for (const kind of ['user', 'project']) {
    const here = await create(kind, { name: 'same' });
    const there = await create(kind, { name: 'same', domain_id: domain.id });
    expect(here['domain_id']).toBe('default');
    const patch = (attributes: object) => call('PATCH', `${kind}s/${there.id}`, { [kind]: attributes });
    expect((await patch({ domain_id: 'default' })).status).toBe(400);
    expect((await patch({ id: here.id })).status).toBe(400);
    expect((await patch({})).status).toBe(400);
    expect((await patch({ id: there.id, name: 'renamed' })).status).toBe(200);
    const list = await call('GET', `${kind}s?domain_id=${domain.id}`);
    expect(items(list.body).map(({ name }) => name)).toEqual(['renamed']);
  }
});

test('what the configuration file defines is shown and cannot be changed', async () => {
  const found = async (path: string) => items((await call('GET', path)).body)[0] as Item;
  const user = await found('users?name=alice');
  const project = await found('projects?name=alice');
  const role = await found('roles?name=member');
  const paths: [string, string][] = [
    ['user', user.id],
    ['project', project.id],
    ['role', role.id],
    ['domain', 'default'],
  ];
  for (const [kind, id] of paths) {
    const changed = await call('PATCH', `${kind}s/${id}`, { [kind]: { name: 'other' } });
    expect([changed.status, changed.body.error?.message]).toEqual([
      403,
      expect.stringContaining('configuration file'),
    ]);
    expect((await call('DELETE', `${kind}s/${id}`)).status).toBe(403);
    expect(
      (
        await call('POST', `${kind}s`, {
          [kind]: { name: id === 'default' ? 'Default' : kind === 'role' ? 'member' : 'alice' },
        })
      ).status,
    ).toBe(409);
  }
  const grant = `projects/${project.id}/users/${user.id}/roles/${role.id}`;
  expect((await call('DELETE', grant)).status).toBe(403);
  expect((await call('HEAD', grant)).status).toBe(204);
  const own = { user: { original_password: 'alicepw', password: 'new' } };
  expect((await call('POST', `users/${user.id}/password`, own)).status).toBe(403);
});

describe('lists', () => {
  let domainId: string;
  beforeAll(async () => {
    domainId = (await create('domain', { name: 'lists' })).id;
    for (const [name, enabled, tags] of [
      ['Alpha', true, ['a', 'b']],
      ['beta', false, ['b']],
      ['alphabet', true, []],
    ] as const) {
      await create('project', { name, enabled, tags, domain_id: domainId });
    }
  });
  test.each([
    ['', ['Alpha', 'alphabet', 'beta']],
    ['name=beta', ['beta']],
    ['name=Beta', []],
    ['name=constructor', []],
    ['name__contains=lpha', ['Alpha', 'alphabet']],
    ['name__startswith=a', ['alphabet']],
    ['name__istartswith=A', ['Alpha', 'alphabet']],
    ['name__endswith=a', ['Alpha', 'beta']],
    ['name__what=x', ['Alpha', 'alphabet', 'beta']],
    ['enabled=true', ['Alpha', 'alphabet']],
    ['enabled', ['Alpha', 'alphabet']],
    ['enabled=0', ['beta']],
    ['enabled=False', ['beta']],
    ['is_domain=true', []],
    ['tags=a,b', ['Alpha']],
    ['tags-any=a,b', ['Alpha', 'beta']],
    ['not-tags=a,b', ['alphabet', 'beta']],
    ['not-tags-any=a,b', ['alphabet']],
    ['unknown=x&__proto__=y', ['Alpha', 'alphabet', 'beta']],
  ])('projects?%s', async (query, expected) => {
    const list = await call('GET', `projects?domain_id=${domainId}&${query}`);
    expect(
      items(list.body)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  test('pages contain each item once, and the last has no next link', async () => {
    const seen: string[] = [];
    let next: string | null = `projects?domain_id=${domainId}&limit=2`;
    let pages = 0;
    while (next !== null) {
      const { body }: { body: Body } = await call('GET', next);
      seen.push(...items(body).map(({ name }) => name));
      next = body.links?.next?.replace(`${one.service.identityUrl}/v3/`, '') ?? null;
      pages++;
    }
    expect([pages, seen.toSorted()]).toEqual([2, ['Alpha', 'alphabet', 'beta']]);
  });

  test('the number of filters and of tags is bounded', async () => {
    const list = async (query: string) => (await call('GET', `projects?${query}`)).status;
    expect(await list('name=x&'.repeat(20))).toBe(200);
    expect(await list('name__contains=x&'.repeat(21))).toBe(400);
    expect(await list(`unknown=x&${'tag=x&'.repeat(256)}`)).toBe(200);
    expect(await list(`tags=${Array(80).fill('x')}`)).toBe(200);
    expect(await list(`not-tags-any=${Array(81).fill('x')}`)).toBe(400);
  });

  test.each(['0', '-1', 'x', '1e3', '9999999999'])('limit=%s is refused', async (limit) => {
    expect((await call('GET', `projects?limit=${limit}`)).status).toBe(400);
  });
});

describe('a user of the API', () => {
  let user: Item;
  let project: Item;
  let member: string;
  const inProject = () => ({ project: { id: project.id } });
  const grant = () => `projects/${project.id}/users/${user.id}/roles/${member}`;

  beforeAll(async () => {
    member = items((await call('GET', 'roles?name=member')).body)[0]?.id ?? '';
  });
  let count = 0;
  /** A new user with the role member in a new project, both in a new domain; and the user's token. */
  const prepare = async (): Promise<string> => {
    const domain = await create('domain', { name: `life ${count++}` });
    user = await create('user', { name: 'carol', password: 'carolpw', domain_id: domain.id });
    project = await create('project', { name: 'carol', domain_id: domain.id });
    expect((await call('PUT', grant())).status).toBe(204);
    const { token } = await login(user.id, 'carolpw', inProject());
    await until(two, 'auth/projects', token, 200);
    return token;
  };

  test('logs in, and works in a project as soon as a role is assigned', async () => {
    user = await create('user', { name: 'dave', password: 'davepw' });
    project = await create('project', { name: 'dave' });
    expect((await login(user.id, 'davepw')).status).toBe(201);
    expect((await login(user.id, 'davepw', inProject())).status).toBe(401);
    expect((await call('HEAD', grant())).status).toBe(404);
    expect((await call('PUT', grant())).status).toBe(204);
    expect((await call('PUT', grant())).status).toBe(204);
    expect((await call('HEAD', grant())).status).toBe(204);
    const { token } = await login(user.id, 'davepw', inProject());
    expect((await network(token, 'POST', { network: { name: 'dave' } })).status).toBe(201);
    const own = await call('GET', `users/${user.id}`, undefined, token);
    expect(item(own.body)).toMatchObject({ name: 'dave' });
    expect(JSON.stringify(own.body)).not.toContain('scrypt');
    expect(items((await call('GET', 'auth/projects', undefined, token)).body)).toMatchObject([
      { name: 'dave' },
    ]);
    await call('PATCH', `users/${user.id}`, { user: { default_project_id: project.id } });
    expect((await login(user.id, 'davepw')).body.token?.project?.id).toBe(project.id);
    expect(one.nb.nbctl('list', 'DNS')).not.toContain('davepw');
  });

  test.each<[string, () => Promise<unknown>]>([
    ['the role is taken away', () => call('DELETE', grant())],
    ['the user is disabled', () => call('PATCH', `users/${user.id}`, { user: { enabled: false } })],
    [
      'the project is disabled',
      () => call('PATCH', `projects/${project.id}`, { project: { enabled: false } }),
    ],
    [
      'the domain is disabled',
      () => call('PATCH', `domains/${user['domain_id']}`, { domain: { enabled: false } }),
    ],
    [
      'an admin sets another password',
      () => call('PATCH', `users/${user.id}`, { user: { password: 'new' } }),
    ],
    ['the project is deleted', () => call('DELETE', `projects/${project.id}`)],
    ['the user is deleted', () => call('DELETE', `users/${user.id}`)],
  ])('loses all tokens on every replica when %s', async (_what, act) => {
    const token = await prepare();
    expect(await act()).toMatchObject({ status: expect.toBeOneOf([200, 204]) });
    expect((await network(token)).status).toBe(401);
    await until(two, 'auth/projects', token, 401);
    expect((await login(user.id, 'carolpw', inProject())).status).toBe(401);
  });

  test('gets no old token back when enabled again', async () => {
    const token = await prepare();
    await call('PATCH', `users/${user.id}`, { user: { enabled: false } });
    await call('PATCH', `users/${user.id}`, { user: { enabled: true } });
    expect((await network(token)).status).toBe(401);
    expect((await login(user.id, 'carolpw', inProject())).status).toBe(201);
  });

  test('changes the own password with the old one, without a token', async () => {
    const token = await prepare();
    const change = (original_password: unknown, password: unknown) =>
      call('POST', `users/${user.id}/password`, { user: { original_password, password } }, 'none');
    expect((await change('wrong', 'new')).status).toBe(401);
    expect((await change('carolpw', '')).status).toBe(400);
    expect((await change(5, 'new')).status).toBe(400);
    expect((await change('carolpw', 'new')).status).toBe(204);
    expect((await network(token)).status).toBe(401);
    expect((await login(user.id, 'carolpw')).status).toBe(401);
    expect((await login(user.id, 'new', inProject())).status).toBe(201);
  });

  test('a domain that is enabled is not deleted; a disabled one is, with all that is in it', async () => {
    const before = identityRows();
    const token = await prepare();
    const credential = {
      application_credential: {
        name: 'c',
        access_rules: [{ service: 'network', method: 'GET', path: '/v2.0/ports' }],
      },
    };
    expect((await call('POST', `users/${user.id}/application_credentials`, credential, token)).status).toBe(
      201,
    );
    await call('DELETE', 'auth/tokens', undefined, token);
    const domain = `domains/${user['domain_id']}`;
    expect((await call('DELETE', domain)).status).toBe(403);
    await call('PATCH', domain, { domain: { enabled: false } });
    expect((await call('DELETE', domain)).status).toBe(204);
    expect((await call('GET', `users/${user.id}`)).status).toBe(404);
    expect(identityRows()).toEqual(before);
  });

  test('the networks of a deleted project stay, and an admin sees them', async () => {
    const token = await prepare();
    await network(token, 'POST', { network: { name: 'orphan' } });
    await call('DELETE', `projects/${project.id}`);
    const left = await one.call('admin', 'GET', `networks?project_id=${project.id}`);
    expect(left.body.networks?.map(({ name }) => name)).toEqual(['orphan']);
  });

  test.each<[string, () => object, () => string]>([
    ['domain', () => ({ domain: { id: 'default' } }), () => `domains/default`],
    ['system', () => ({ system: { all: true } }), () => `system`],
  ])(
    'with a role in the %s, administrates, and cannot use the network service',
    async (kind, scope, path) => {
      await prepare();
      const adminRole = items((await call('GET', 'roles?name=admin')).body)[0]?.id;
      expect((await login(user.id, 'carolpw', scope())).status).toBe(401);
      expect((await call('PUT', `${path()}/users/${user.id}/roles/${adminRole}`)).status).toBe(204);
      const { token, body } = await login(user.id, 'carolpw', scope());
      expect(body.token).toHaveProperty(kind);
      expect((await call('GET', 'users?name=alice', undefined, token)).status).toBe(200);
      expect((await network(token)).status).toBe(401);
      expect(items((await call('GET', `${path()}/users/${user.id}/roles`)).body)).toMatchObject([
        { name: 'admin' },
      ]);
      expect(
        items((await call('GET', `auth/${kind === 'domain' ? 'domains' : 'system'}`, undefined, token)).body),
      ).toHaveLength(1);
      expect((await call('DELETE', `${path()}/users/${user.id}/roles/${adminRole}`)).status).toBe(204);
      expect((await call('GET', 'users', undefined, token)).status).toBe(401);
    },
  );

  test.each([
    ['user', () => `projects/${project.id}/users/none/roles/${member}`],
    ['project', () => `projects/none/users/${user.id}/roles/${member}`],
    ['role', () => `projects/${project.id}/users/${user.id}/roles/none`],
    ['group', () => `projects/${project.id}/groups/none/roles/${member}`],
  ])('a role assignment with an unknown %s is refused', async (kind, path) => {
    for (const method of ['PUT', 'GET', 'DELETE']) {
      const answer = await call(method, path());
      expect([answer.status, answer.body.error?.message]).toEqual([404, `Could not find ${kind}: none.`]);
    }
  });

  test('role assignments are listed by user, role and scope, with names, and with implied roles', async () => {
    await prepare();
    await call('PUT', `domains/default/users/${user.id}/roles/${member}`);
    await call('PUT', `system/users/${user.id}/roles/${member}`);
    const list = async (query: string) =>
      ((await call('GET', `role_assignments?${query}`)).body['role_assignments'] ?? []) as {
        scope: object;
        role: object;
        user: object;
      }[];
    const mine = `user.id=${user.id}`;
    expect(await list(mine)).toHaveLength(3);
    expect(await list(`${mine}&effective`)).toHaveLength(6);
    expect(await list(`${mine}&scope.project.id=${project.id}&include_names=true`)).toMatchObject([
      {
        scope: { project: { id: project.id, name: 'carol', domain: { id: user['domain_id'] } } },
        user: { id: user.id, name: 'carol' },
        role: { id: member, name: 'member' },
      },
    ]);
    expect((await list(`${mine}&scope.domain.id=default`)).map(({ scope }) => scope)).toEqual([
      { domain: { id: 'default' } },
    ]);
    expect((await list(`${mine}&scope.system=all`)).map(({ scope }) => scope)).toEqual([
      { system: { all: true } },
    ]);
    expect(await list(`${mine}&role.id=none`)).toEqual([]);
    expect(await list('group.id=none')).toEqual([]);
    expect((await list(`scope.project.id=${project.id}`)).length).toBe(1);
    expect((await call('GET', `role_assignments?${mine}&group.id=x`)).status).toBe(400);
    expect((await call('GET', 'role_assignments', undefined, alice)).status).toBe(403);
  });
});

test.each([
  ['DELETE', 'users', 405],
  ['PUT', 'users/x', 405],
  ['POST', 'role_assignments', 405],
  ['GET', 'nothing', 404],
])('%s /v3/%s is answered with %i', async (method, path, status) => {
  expect((await call(method, path)).status).toBe(status);
});

test('tags of a project', async () => {
  const { id } = await create('project', { name: 'tagged' });
  expect((await call('PUT', `projects/${id}/tags/blue`)).status).toBe(201);
  expect((await call('PUT', `projects/${id}/tags/a,b`)).status).toBe(400);
  expect((await call('GET', `projects/${id}/tags/blue`)).status).toBe(204);
  expect((await call('GET', `projects/${id}/tags/red`)).status).toBe(404);
  expect((await call('PUT', `projects/${id}/tags`, { tags: ['x', 'y'] })).body['tags']).toEqual(['x', 'y']);
  expect((await call('DELETE', `projects/${id}/tags/x`)).status).toBe(204);
  expect((await call('DELETE', `projects/${id}/tags/x`)).status).toBe(404);
  expect((await call('DELETE', `projects/${id}/tags`)).status).toBe(204);
  expect((await call('GET', `projects/${id}/tags`)).body['tags']).toEqual([]);
});

test('an admin reads services, endpoints, regions and role inferences; there are no groups', async () => {
  const [service] = items((await call('GET', 'services?type=network')).body);
  expect(service).toMatchObject({ name: 'neutron', type: 'network' });
  const endpoints = items((await call('GET', `endpoints?service_id=${service?.id}&interface=public`)).body);
  expect(endpoints).toMatchObject([{ url: one.service.networkUrl, region_id: 'RegionOne' }]);
  expect((await call('GET', `endpoints/${endpoints[0]?.id}`)).status).toBe(200);
  expect(items((await call('GET', 'regions', undefined, alice)).body)).toMatchObject([{ id: 'RegionOne' }]);
  expect((await call('GET', 'services', undefined, alice)).status).toBe(403);
  expect((await call('GET', 'services/none')).status).toBe(404);
  expect(items((await call('GET', 'groups')).body)).toEqual([]);
  expect((await call('GET', 'groups/none')).status).toBe(404);
  const inferences = (await call('GET', 'role_inferences')).body['role_inferences'];
  expect(inferences).toMatchObject([{ prior_role: { name: 'admin' } }, { prior_role: { name: 'member' } }]);
});
