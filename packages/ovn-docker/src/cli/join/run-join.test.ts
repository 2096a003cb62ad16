import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBroker, makeAuthority } from '../../../test/support/fake-broker.ts';
import { readVmCertificate } from '../../clients/broker/vm-certificate.ts';
import { runJoin } from './run-join.ts';

const TOKEN = 'aaaaaaaaaaaaaaaa.c2VjcmV0LXNlY3JldC1zZWNyZXQ';
let parent: string;
let folder: string;
let broker: FakeBroker;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'join-'));
  folder = join(parent, 'broker');
  broker = await FakeBroker.start();
});

afterEach(async () => {
  await broker[Symbol.asyncDispose]();
  await rm(parent, { recursive: true });
});

const invitation = (token = TOKEN) => ({
  token,
  invitationId: token.split('.')[0] ?? '',
  url: broker.url,
  caHash: broker.authority.hash,
});
const joins = () => broker.requests.filter(({ path }) => path === '/v1/join');

it('a VM that has joined has certificate and key in one file, and the authority; only root may read them', async () => {
  const { certificate, wasJoined } = await runJoin(invitation(), folder);
  expect([certificate.vifId, wasJoined]).toEqual([broker.vifId, false]);
  expect(readdirSync(folder).toSorted()).toEqual(['ca.pem', 'vm.pem']);
  expect(readFileSync(join(folder, 'vm.pem'), 'utf8')).toMatch(
    /BEGIN CERTIFICATE.*END CERTIFICATE.*BEGIN PRIVATE KEY/s,
  );
  const modes = [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(
    (path) => statSync(path).mode & 0o077,
  );
  expect(modes).toEqual([0, 0, 0]);
});

it('the private key is in no request', async () => {
  await runJoin(invitation(), folder);
  const [, body = ''] =
    /BEGIN PRIVATE KEY-----\n([^-]+)-/.exec(readFileSync(join(folder, 'vm.pem'), 'utf8')) ?? [];
  expect(body.length).toBeGreaterThan(100);
  for (const { body: sent } of broker.requests) {
    expect(sent).not.toContain('PRIVATE');
    for (const line of body.trim().split('\n')) expect(sent).not.toContain(line);
  }
});

it('the same invitation again changes nothing and sends nothing', async () => {
  await runJoin(invitation(), folder);
  const before = readFileSync(join(folder, 'vm.pem'), 'utf8');
  expect((await runJoin(invitation(), folder)).wasJoined).toBe(true);
  expect(readFileSync(join(folder, 'vm.pem'), 'utf8')).toBe(before);
  expect(joins()).toHaveLength(1);
});

it('another invitation replaces the certificate', async () => {
  await runJoin(invitation(), folder);
  const { wasJoined } = await runJoin(invitation('bbbbbbbbbbbbbbbb.c2VjcmV0LXNlY3JldC1zZWNyZXQ'), folder);
  const { invitationId } = await readVmCertificate(join(folder, 'vm.pem'));
  expect([wasJoined, invitationId]).toEqual([false, 'bbbbbbbbbbbbbbbb']);
});

it('after a lost answer, the same token and key bring the certificate', async () => {
  broker.losses.push('/v1/join');
  await runJoin(invitation(), folder);
  expect(joins()).toHaveLength(2);
});

it('a run that was interrupted before the answer is repeated with the same key', async () => {
  broker.losses.push(...Array.from({ length: 4 }, () => '/v1/join'));
  await expect(runJoin(invitation(), folder)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  expect(readdirSync(folder)).not.toContain('vm.pem');
  await runJoin(invitation(), folder);
  expect(new Set(joins().map(({ body }) => (JSON.parse(body) as { token: string }).token)).size).toBe(1);
  expect(readdirSync(folder).toSorted()).toEqual(['ca.pem', 'vm.pem']);
});

it('runs at the same time join once, and leave no file behind', async () => {
  const runs: ReturnType<typeof runJoin>[] = [];
  // The later ones start while an earlier one ends and removes the files of the attempt.
  for (let joined = false; !joined; ) {
    runs.push(runJoin(invitation(), folder));
    joined = await readVmCertificate(join(folder, 'vm.pem')).then(
      () => true,
      () => false,
    );
  }
  runs.push(runJoin(invitation(), folder));
  const results = await Promise.all(runs);
  expect(new Set(results.map(({ certificate }) => certificate.x509.fingerprint256)).size).toBe(1);
  expect(readdirSync(folder).toSorted()).toEqual(['ca.pem', 'vm.pem']);
});

it('a token that another VM has used is refused', async () => {
  await runJoin(invitation(), folder);
  await expect(runJoin(invitation(), join(parent, 'other'))).rejects.toMatchObject({
    code: 'E_JOIN_TOKEN',
    message: expect.not.stringContaining('c2VjcmV0'),
  });
});

it.each([
  ['with another authority', async () => FakeBroker.start()],
  [
    'that shows the right authority, but has no certificate of it',
    async () => FakeBroker.start(broker.authority, await makeAuthority()),
  ],
])('a server %s gets no token', async (_, start) => {
  await using other = await start();
  await expect(runJoin({ ...invitation(), url: other.url }, folder)).rejects.toMatchObject({
    code: 'E_BROKER_CA',
  });
  expect(other.requests).toEqual([]);
  expect(readdirSync(folder)).not.toContain('vm.pem');
});

it('a certificate of the broker for another name is refused', async () => {
  const url = new URL(broker.url);
  url.hostname = 'localhost';
  await expect(runJoin({ ...invitation(), url }, folder)).rejects.toMatchObject({ code: 'E_BROKER_CA' });
  expect(broker.requests).toEqual([]);
});

it('an expired certificate of an earlier join says that a new invitation is needed', async () => {
  broker.validity = { from: -120_000, until: -60_000 };
  await expect(runJoin(invitation(), folder)).rejects.toMatchObject({ code: 'E_CERTIFICATE' });
});
