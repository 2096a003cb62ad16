import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, OvsdbConnectionError, openReplica } from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { freePort } from './support/free-port.ts';
import { type RealServer, startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

let server: RealServer;
let remote: string;
const directory = mkdtempSync(join(tmpdir(), 'ovsdb-ssl-'));
const pem = (name: string) => readFileSync(join(directory, `${name}.pem`));

/** Creates two CAs, and certificates for a server and a client that the first one signs. */
function makeCertificates(): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  for (const ca of ['ca', 'other-ca']) {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${ca}-key.pem`,
      '-out',
      `${ca}.pem`,
      '-subj',
      `/CN=${ca}`,
      '-days',
      '1',
    );
  }
  writeFileSync(join(directory, 'san'), 'subjectAltName=DNS:ovsdb.example');
  for (const name of ['server', 'client']) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}-key.pem`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca-key.pem',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '1',
      '-extfile',
      'san',
    );
  }
}

beforeAll(async () => {
  makeCertificates();
  const port = await freePort();
  remote = `ssl:127.0.0.1:${port}`;
  const file = (name: string) => join(directory, `${name}.pem`);
  server = await startServer({
    schemas: [json],
    arguments: [
      `--remote=pssl:${port}:127.0.0.1`,
      `--private-key=${file('server-key')}`,
      `--certificate=${file('server')}`,
      `--ca-cert=${file('ca')}`,
    ],
  });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

it('connects by ssl, with certificates on both sides', async () => {
  const tls = { ca: pem('ca'), cert: pem('client'), key: pem('client-key') };
  await using client = await connect({ remotes: remote, tls });
  await using replica = await openReplica(client, testSchema, { Root: '*' });
  const t = replica.transaction();
  for (let i = 0; i < 2000; i++) t.insert('Root', { name: `row ${i}`, words: ['x'.repeat(100)] });
  await t.commit();
  expect(replica.rows('Root').size).toBe(2000);
  // The snapshot is long enough to arrive in many parts.
  await using again = await openReplica(client, testSchema, { Root: '*' });
  expect(again.rows('Root').size).toBe(2000);
  await using named = await connect({ remotes: remote, tls: { ...tls, servername: 'ovsdb.example' } });
  expect(named.remote).toBe(remote);
});

it('refuses a server of another CA or name; a server refuses a client without a certificate', async () => {
  const identity = { cert: pem('client'), key: pem('client-key') };
  const failure = (tls: object) => connect({ remotes: remote, tls }).catch((error: unknown) => error);
  expect(await failure({ ...identity, ca: pem('other-ca') })).toBeInstanceOf(OvsdbConnectionError);
  expect(await failure({ ...identity, ca: pem('ca'), servername: 'other.example' })).toBeInstanceOf(
    OvsdbConnectionError,
  );
  expect(await failure({ ca: pem('ca') })).toBeInstanceOf(OvsdbConnectionError);
});

it('with a public CA the certificate must be for the name of the server', async () => {
  const publicCas = getCACertificates('default');
  const identity = { cert: pem('client'), key: pem('client-key') };
  setDefaultCACertificates([pem('ca').toString()]);
  try {
    const named = await connect({ remotes: remote, tls: { ...identity, servername: 'ovsdb.example' } });
    await named.close();
    await expect(connect({ remotes: remote, tls: identity })).rejects.toThrow('does not match');
  } finally {
    setDefaultCACertificates(publicCas);
  }
});
