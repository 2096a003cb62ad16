import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab } from '@ovn-docker/lab';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Api } from '../support/api.ts';
import { LAB, startOutput } from '../system/raise-lab.ts';

interface Credential {
  readonly id: string;
  readonly unrestricted: boolean;
  readonly roles: readonly { readonly name: string }[];
  readonly project_id: string;
}

/** The tenants and their VMs have only the role `member`, and nothing needs more. */
const lab = openLab(LAB);
let admin: Api;

beforeAll(async () => {
  admin = await Api.login(lab, 'admin');
});

const idOf = async (user: string) => {
  const { body } = await admin.identity('GET', `users?name=${user}`);
  return (body['users'] as { id: string }[])[0]?.id ?? '';
};

describe.each([
  ['alice', 'vm-a'],
  ['alice', 'vm-b'],
  ['bob', 'vm-c'],
] as const)('%s, whose credential is in %s', (user, vm) => {
  const etc = join(lab.machine(vm).places.data, 'etc', 'ovn-docker');
  const { auth } = parse(readFileSync(join(etc, 'clouds.yaml'), 'utf8')).clouds.lab;

  it('has one role on one project: member', async () => {
    const query = `user.id=${await idOf(user)}&include_names=true`;
    const { body } = await admin.identity('GET', `role_assignments?${query}`);
    expect(body['role_assignments']).toMatchObject([
      { role: { name: 'member' }, scope: { project: { name: user } }, user: { name: user } },
    ]);
    // Groups, domains and the system add no roles; the only implied role is that of member itself.
    const all = await admin.identity('GET', `role_assignments?${query}&effective=true`);
    const effective = all.body['role_assignments'] as { role: { name: string }; scope: object }[];
    expect(effective.map(({ role }) => role.name).toSorted()).toEqual(['member', 'reader']);
    expect(effective.map(({ scope }) => Object.keys(scope)[0])).toEqual(['project', 'project']);
  });

  it('has an application credential that cannot create further ones', async () => {
    const own = await Api.login(lab, user);
    const path = `users/${await idOf(user)}/application_credentials`;
    const { body } = await own.identity('GET', path);
    const all = body['application_credentials'] as Credential[];
    const credential = all.find(({ id }) => id === auth.application_credential_id);
    expect(credential).toMatchObject({ unrestricted: false, project_id: lab.state.tenants[user].projectId });
    // Keystone stores `member` together with the role that it implies.
    expect(new Set(credential?.roles.map(({ name }) => name))).toEqual(new Set(['member', 'reader']));

    const token = (await lab.machine(vm).must(['ovn-docker', 'token'])).trim();
    const agent = Api.withToken(lab, token);
    const request = { application_credential: { name: 'more' } };
    expect((await agent.identity('POST', path, { body: request })).status).toBe(403);
  });
});

it('the whole main job used only such tokens', async () => {
  for (const vm of ['vm-a', 'vm-b', 'vm-c'] as const) {
    const subject = (await lab.machine(vm).must(['ovn-docker', 'token'])).trim();
    const { body } = await admin.identity('GET', 'auth/tokens', { subject });
    const { roles, methods } = body['token'] as { roles: { name: string }[]; methods: string[] };
    expect(methods).toEqual(['application_credential']);
    expect(new Set(roles.map(({ name }) => name))).toEqual(new Set(['member', 'reader']));
  }
  const lines = readFileSync(startOutput, 'utf8').trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ done: true, ok: true });
});
