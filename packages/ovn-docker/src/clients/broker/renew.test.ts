import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBroker } from '../../../test/support/fake-broker.ts';
import { isFor, makeKey, signingRequest } from './key.ts';
import { brokerAt } from './membership.ts';
import { renewCertificate } from './renew.ts';
import { replaceFile } from './store.ts';
import { readVmCertificate, renewalOf } from './vm-certificate.ts';

let folder: string;
let fake: FakeBroker;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renew-'));
  fake = await FakeBroker.start();
  await replaceFile(join(folder, 'ca.pem'), fake.authority.pem);
  await replaceFile(join(folder, 'vm.pem'), await certified());
});

afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const broker = () => brokerAt(fake.url.origin, folder);
const stored = () => readFileSync(join(folder, 'vm.pem'), 'utf8');
const keyIn = (pem: string) => pem.slice(pem.indexOf('-----BEGIN PRIVATE KEY'));

/** What a VM has after it joined. */
async function certified(): Promise<string> {
  const key = await makeKey();
  const body = { token: `aaaaaaaaaaaaaaaa.${crypto.randomUUID()}`, csr: await signingRequest(key) };
  const { Session } = await import('@ovn-docker/openstack');
  const config = {
    authUrl: fake.url.origin,
    auth: { type: 'none' },
    caFile: join(folder, 'ca.pem'),
  } as const;
  await using session = new Session(config);
  const call = { method: 'POST', service: 'broker', path: '/v1/join', body } as const;
  const { certificate } = (await session.request(call)).json() as { certificate: string };
  return `${certificate}\n${key}`;
}

it('renewing replaces certificate and key at once, and shows the former certificate to the broker', async () => {
  const before = stored();
  const { x509 } = await renewCertificate(broker());
  expect(fake.requests.at(-1)).toMatchObject({ path: '/v1/renew', isCertified: true });
  expect(keyIn(stored())).not.toBe(keyIn(before));
  expect(isFor(new X509Certificate(stored()), keyIn(stored()))).toBe(true);
  expect((await readVmCertificate(join(folder, 'vm.pem'))).x509.raw.equals(x509.raw)).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(['ca.pem', 'vm.pem']);
});

it('the renewed certificate renews itself again', async () => {
  await renewCertificate(broker());
  await renewCertificate(broker());
  expect(fake.requests.filter(({ isCertified }) => isCertified)).toHaveLength(2);
});

it('a renewal whose answers are lost leaves the former certificate', async () => {
  const before = stored();
  fake.losses.push(...Array.from({ length: 4 }, () => '/v1/renew'));
  await expect(renewCertificate(broker())).rejects.toMatchObject({ code: 'OPENSTACK_CONNECTION_LOST' });
  expect(stored()).toBe(before);
});

it('the certificate of another VM is not stored', async () => {
  const before = stored();
  fake.vifId = '99999999-2222-4333-8444-555555555555';
  await expect(renewCertificate(broker())).rejects.toMatchObject({ code: 'E_BROKER' });
  expect(stored()).toBe(before);
});

it('a certificate is due after two thirds of its life', () => {
  const [notBefore, notAfter] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-04T00:00:00Z')];
  expect(renewalOf({ notBefore, notAfter }).toISOString()).toBe('2026-01-03T00:00:00.000Z');
});
