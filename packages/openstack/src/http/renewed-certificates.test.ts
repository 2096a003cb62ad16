import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CloudConnection } from './connection.ts';

let directory: string;
let server: Server;
let url: URL;
const file = (name: string) => join(directory, name);

/** Makes a certificate for itself, with its key in one file or in two. */
function makeCertificate(name: string): void {
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)];
  execFileSync('openssl', ['req', ...kind, ...files, ...subject], { stdio: 'ignore' });
  writeFileSync(
    file(`${name}.pem`),
    readFileSync(file(`${name}.crt`), 'utf8') + readFileSync(file(`${name}.key`), 'utf8'),
  );
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'openstack-renewed-'));
  for (const name of ['server', 'first', 'second']) makeCertificate(name);
  const [key, cert] = [readFileSync(file('server.key')), readFileSync(file('server.crt'))];
  const options = { key, cert, requestCert: true, rejectUnauthorized: false };
  server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    // Every request of the client opens a connection.
    response.setHeader('connection', 'close');
    response.end(JSON.stringify(subject?.CN ?? 'none'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

function connect(files: { certFile: string; keyFile?: string }): CloudConnection {
  return new CloudConnection({ ...files, caFile: file('server.crt'), retry: { attempts: 1 } });
}

async function nameShown(connection: CloudConnection): Promise<unknown> {
  const answer = await connection.send({ method: 'GET', url, headers: {}, secrets: [] });
  return JSON.parse(answer.text);
}

test('a new connection shows the certificate that has replaced the former one in its file', async () => {
  copyFileSync(file('first.pem'), file('one.pem'));
  await using connection = connect({ certFile: file('one.pem') });
  expect(await nameShown(connection)).toBe('first');
  copyFileSync(file('second.pem'), file('new.pem'));
  renameSync(file('new.pem'), file('one.pem'));
  expect(await nameShown(connection)).toBe('second');
});

test('while certificate and key do not belong together, connections show the former certificate', async () => {
  const files = { certFile: file('two.crt'), keyFile: file('two.key') };
  copyFileSync(file('first.crt'), files.certFile);
  copyFileSync(file('first.key'), files.keyFile);
  await using connection = connect(files);
  expect(await nameShown(connection)).toBe('first');
  copyFileSync(file('second.crt'), files.certFile);
  expect(await nameShown(connection)).toBe('first');
  copyFileSync(file('second.key'), files.keyFile);
  expect(await nameShown(connection)).toBe('second');
});

test.each([
  ['a certificate with the key of another one', 'first.crt', 'second.key'],
  ['a file that is no certificate', 'first.key', 'first.key'],
])('%s: the first connection fails, and the error says why', async (_what, certFile, keyFile) => {
  await using connection = connect({ certFile: file(certFile), keyFile: file(keyFile) });
  await expect(nameShown(connection)).rejects.toMatchObject({
    code: 'CLOUD_FILE_INVALID',
    message: expect.stringContaining('cannot be used'),
  });
});
