import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBroker } from '../../../test/support/fake-broker.ts';
import { runJoin } from '../join/run-join.ts';
import { describeMembership } from './describe-membership.ts';

const DAY_MS = 86_400_000;
let folder: string;
let broker: FakeBroker;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'membership-'));
  broker = await FakeBroker.start();
  broker.validity = { from: 0, until: 6 * DAY_MS };
  const token = 'aaaaaaaaaaaaaaaa.c2VjcmV0LXNlY3JldC1zZWNyZXQ';
  const invitation = {
    token,
    invitationId: 'aaaaaaaaaaaaaaaa',
    url: broker.url,
    caHash: broker.authority.hash,
  };
  await runJoin(invitation, folder);
});

afterEach(async () => {
  await broker[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What doctor says so many days after the VM joined. */
const after = (days: number, keyFile?: string) => {
  const config = {
    certFile: join(folder, 'vm.pem'),
    authUrl: broker.url.origin,
    ...(keyFile ? { keyFile } : {}),
  };
  const vm = { vif_id: broker.vifId, project_id: 'project-1', networks: null, expires_at: '' };
  return describeMembership(config, { projectId: 'project-1', vm }, Date.now() + days * DAY_MS);
};

it('says which VM the certificate names, until when it is valid, and when the agent renews it', async () => {
  const { facts, warnings } = await after(1);
  expect(facts.join('\n')).toMatch(new RegExp(`${broker.vifId}.*${broker.url.origin}`));
  expect(facts.join('\n')).toMatch(/expires in [45] days; the agent renews it from 20\d\d-/);
  expect(warnings).toBeUndefined();
});

it('a renewal that fails for a short while is no reason to worry', async () => {
  expect((await after(4.5)).warnings).toBeUndefined();
});

it.each([
  ['the agent', undefined, 'journalctl'],
  ['another program', '/etc/pki/vm.key', 'the program that wrote'],
])('warns of a certificate that %s should have renewed', async (_, keyFile, words) => {
  expect((await after(5, keyFile)).warnings).toEqual([
    { message: expect.stringContaining('should have been renewed'), hint: expect.stringContaining(words) },
  ]);
});
