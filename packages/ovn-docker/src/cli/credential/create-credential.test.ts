import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessRule, type CloudConfig, OpenStackError } from '@ovn-docker/openstack';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { FakeNeutron, refusal } from '../../../test/support/fake-neutron.ts';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import { createCredential } from './create-credential.ts';

const config: CloudConfig = {
  authUrl: 'http://keystone/v3',
  auth: { type: 'password', username: 'alice', password: 'hers' },
};
const VM = 'port-1';

let neutron: FakeNeutron;
/** Undefined on a cloud that does not show them. */
let extensions: string[] | undefined;
let roles: string[];
let created: { roles?: { name: string }[]; access_rules: AccessRule[]; secret: string } | undefined;
let denied: OpenStackError | undefined;
/** The user's credentials in Keystone, and those that Keystone creates without an answer. */
let existing: { id: string; name: string; expires_at: null }[];
let lost: typeof existing | undefined;
let written: Record<'stdout' | 'stderr', string>;

beforeEach(() => {
  neutron = new FakeNeutron();
  neutron.ports.set(VM, { id: VM, name: 'vm-1', mac_address: 'fa:16:3e:00:00:01' } as never);
  extensions = ['trunk'];
  roles = ['member', 'reader', 'admin'];
  created = undefined;
  denied = undefined;
  existing = [];
  lost = undefined;
  written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

function cloud(): Cloud {
  const ports = {
    all: async (query: { device_id?: string; name?: string }) =>
      'name' in query ? [...neutron.ports.values()].filter(({ name }) => name === query.name) : [],
  };
  const { client: agents } = neutron;
  const list = async function* () {
    yield* await agents.trunks.all();
  };
  const client = Object.assign(agents, {
    ports,
    trunks: Object.assign(agents.trunks, { list }),
    extensions: async () => {
      if (extensions === undefined) throw refusal(404, 'HTTPNotFound');
      return extensions.map((alias) => ({ alias }));
    },
  });
  const session = {
    config: { auth: { type: 'password' } },
    token: async () => ({
      user: { id: 'user-1', name: 'alice' },
      project: { id: 'project-1', name: 'alice' },
      roles: roles.map((name) => ({ name })),
    }),
    endpoint: async () => 'http://neutron:9696',
    request: async ({
      method,
      body,
    }: {
      method: string;
      body: { application_credential: typeof created };
    }) => {
      if (denied) throw denied;
      if (method === 'GET') return { member: () => existing };
      if (lost) {
        existing.push(...lost);
        lost = undefined;
        throw new OpenStackError({ method, url: 'http://keystone' }, { status: 502, type: '', reason: '' });
      }
      created = body.application_credential;
      return { member: () => ({ expires_at: null, ...created, id: 'credential-1' }) };
    },
  };
  return { neutron: client, session } as unknown as Cloud;
}
const create = (more = {}) => createCredential(cloud(), config, { vm: 'vm-1', ...more });
const changes = () =>
  created?.access_rules
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);

it('in trunk mode: the trunk exists before the credential, which allows changes of this trunk only', async () => {
  neutron.trunkId = undefined;
  await create();
  expect(changes()).toContain(`PUT /v2.0/trunks/${neutron.trunkId}/add_subports`);
  expect(created?.roles).toEqual([{ name: 'member' }]);
  expect(created?.access_rules).toContainEqual({
    service: 'identity',
    method: 'GET',
    path: '/v3/users/user-1/application_credentials/*',
  });
});

it('the secret is in the document, and not in the summary', async () => {
  await create();
  const { auth } = parse(written.stdout).clouds['ovn-docker'];
  expect(auth).toEqual({
    auth_url: 'http://keystone/v3',
    application_credential_id: 'credential-1',
    application_credential_secret: created?.secret,
  });
  expect(created?.secret).toMatch(/^[\w-]{64}$/);
  expect(written.stderr).not.toContain(created?.secret);
});

it('a file with the secret is new, and readable by its owner only', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ovn-docker-credential-'));
  try {
    const file = join(directory, 'clouds.yaml');
    await create({ file });
    expect([statSync(file).mode & 0o777, written.stdout]).toEqual([0o600, '']);
    expect(readFileSync(file, 'utf8')).toContain(created?.secret);
    created = undefined;
    await expect(create({ file })).rejects.toMatchObject({ code: 'E_USAGE' });
    // No credential whose secret is lost.
    expect(created).toBeUndefined();
    rmSync(file);
    await expect(create({ file, vm: 'unknown' })).rejects.toMatchObject({ code: 'E_VIF_UNKNOWN' });
    expect(existsSync(file)).toBe(false);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('with port binding for members: no trunk is made', async () => {
  extensions = ['trunk', 'container-parent-binding'];
  await create();
  expect([changes()?.filter((rule) => rule.includes('trunks')), neutron.calls]).toEqual([[], []]);
  expect(created?.roles).toEqual([{ name: 'member' }]);
});

it('with port binding on a Neutron that lets only admins do it: the credential keeps all roles', async () => {
  await create({ mode: 'port-binding' });
  expect(created?.roles).toBeUndefined();
});

it.each([undefined, 'trunk', 'port-binding'] as const)(
  'a cloud that does not show its extensions: the command works with mode %s',
  async (mode) => {
    extensions = undefined;
    await create(mode && { mode });
    expect(changes()?.some((rule) => rule.includes('trunks'))).toBe(mode !== 'port-binding');
  },
);

it('a lost answer: the document has the new credential, whose secret it contains', async () => {
  lost = [{ id: 'new', name: 'agent', expires_at: null }];
  await create({ name: 'agent' });
  expect(parse(written.stdout).clouds['ovn-docker'].auth).toMatchObject({ application_credential_id: 'new' });
});

it('a lost answer, and an older credential of the same name: the document does not contain its id', async () => {
  existing = [{ id: 'old', name: 'agent', expires_at: null }];
  lost = [];
  await create({ name: 'agent' });
  expect(parse(written.stdout).clouds['ovn-docker'].auth).toMatchObject({
    application_credential_id: 'credential-1',
  });
});

it('scenario 51: a cloud that makes no trunk on a running port: no credential is made', async () => {
  neutron.trunkId = undefined;
  neutron.fail('trunks.create', refusal(409, 'ParentPortInUse'));
  await expect(create()).rejects.toMatchObject({ code: 'E_TRUNK_REFUSED' });
  expect(created).toBeUndefined();
});

it('run with a restricted application credential: the hint says which credential to use', async () => {
  denied = new OpenStackError(
    { method: 'POST', url: 'http://keystone/v3/users/user-1/application_credentials' },
    { status: 403, type: '', reason: 'You are not authorized to perform the requested action' },
  );
  await expect(create()).rejects.toMatchObject({
    code: 'E_FORBIDDEN',
    hint: expect.stringContaining('run it with your password'),
  });
});
