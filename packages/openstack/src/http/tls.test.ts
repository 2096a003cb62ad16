import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CloudConnection, type ConnectionConfig } from './connection.ts';

let directory: string;
let server: Server;
let url: URL;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'openstack-tls-'));
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=cloud', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...files, ...subject], { stdio: 'ignore' });
  server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_request, response) => {
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/v3`);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

async function get(config: ConnectionConfig): Promise<number> {
  await using connection = new CloudConnection({ ...config, retry: { attempts: 1 } });
  return await getOver(connection);
}

async function getOver(connection: CloudConnection): Promise<number> {
  return (await connection.send({ method: 'GET', url, headers: {}, secrets: [] })).status;
}

test('an unknown authority is refused before the request is sent', async () => {
  await expect(get({})).rejects.toMatchObject({ code: 'OPENSTACK_TLS', outcome: 'not-sent' });
});

test('the authority of the CA file is trusted', async () => {
  await expect(get({ caFile: join(directory, 'cert.pem') })).resolves.toBe(200);
});

test('the error for a missing CA file contains its path', async () => {
  await expect(get({ caFile: join(directory, 'none.pem') })).rejects.toMatchObject({
    code: 'CLOUD_FILE_UNREADABLE',
    message: expect.stringContaining('none.pem'),
  });
});

test('a CA file that appears later is read', async () => {
  const caFile = join(directory, 'late.pem');
  await using connection = new CloudConnection({ caFile, retry: { attempts: 1 } });
  const calls = await Promise.allSettled([getOver(connection), getOver(connection)]);
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  copyFileSync(join(directory, 'cert.pem'), caFile);
  await expect(getOver(connection)).resolves.toBe(200);
});

test('`insecure` accepts any certificate', async () => {
  await expect(get({ insecure: true })).resolves.toBe(200);
  await expect(get({ insecure: false })).rejects.toMatchObject({ code: 'OPENSTACK_TLS' });
});
