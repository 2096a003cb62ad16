import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

test('the authorities of the system are trusted, as by curl and openstack', async () => {
  const script = `
    const { CloudConnection } = await import(${JSON.stringify(join(import.meta.dirname, 'connection.ts'))});
    const connection = new CloudConnection({ retry: { attempts: 1 } });
    const request = { method: 'GET', url: new URL(${JSON.stringify(url.href)}), headers: {}, secrets: [] };
    console.log(await connection.send(request).then(({ status }) => status, ({ code }) => code));
    await connection.close();`;
  const statusWith = async (SSL_CERT_FILE: string) => {
    const args = ['--input-type=module', '--eval', script];
    const env = { ...process.env, SSL_CERT_FILE, SSL_CERT_DIR: '/nowhere' };
    return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim();
  };
  expect(await statusWith(join(directory, 'cert.pem'))).toBe('200');
  expect(await statusWith('/dev/null')).toBe('OPENSTACK_TLS');
});

test('the client shows its own certificate to a server that asks for it', async () => {
  const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const ca = readFileSync(certFile);
  const mutual = createServer(
    { key: readFileSync(keyFile), cert: ca, ca, requestCert: true },
    (_, answer) => {
      answer.end('{}');
    },
  );
  await once(mutual.listen(0, '127.0.0.1'), 'listening');
  const address = new URL(`https://127.0.0.1:${(mutual.address() as AddressInfo).port}/`);
  const ask = async (config: ConnectionConfig) => {
    await using connection = new CloudConnection({ ...config, caFile: certFile, retry: { attempts: 1 } });
    return (await connection.send({ method: 'GET', url: address, headers: {}, secrets: [] })).status;
  };
  expect(await ask({ certFile, keyFile })).toBe(200);
  await expect(ask({})).rejects.toMatchObject({ name: 'OpenStackConnectionError' });
  await expect(ask({ certFile, keyFile: '/nowhere' })).rejects.toMatchObject({
    code: 'CLOUD_FILE_UNREADABLE',
  });
  mutual.closeAllConnections();
  mutual.close();
});
