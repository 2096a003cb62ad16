import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../test/support/certificates.ts';
import { openPort } from './server.ts';
import { TlsFiles, type TlsPaths } from './tls-files.ts';

let folder: string;
const path = (name: string) => join(folder, name);
const paths = (): TlsPaths => ({ certificate: path('now.pem'), key: path('now.key') });

/** Has the server find the certificate of this name. */
function install(name: string): void {
  copyFileSync(path(`${name}.pem`), path('now.pem'));
  copyFileSync(path(`${name}.key`), path('now.key'));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'http-server-tls-'));
  for (const name of ['first', 'second']) makeCertificate(folder, name);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('new connections get a new certificate, running ones go on, and a broken one is not used', async () => {
  install('first');
  const problems: string[] = [];
  const onProblem = ({ message }: Error) => problems.push(message);
  using files = await TlsFiles.open(paths(), { onProblem, rereadMs: 3_600_000 });
  const server = createServer(files.contents, (_request, response) => response.end());
  files.follow((contents) => server.setSecureContext(contents));
  const port = await openPort(server, '127.0.0.1', 0);
  /** The name in the certificate of the connection that an agent uses. */
  const nameBy = async (agent: Agent) => {
    const [answer] = await once(request({ port, agent, rejectUnauthorized: false }).end(), 'response');
    const { subject } = (answer.socket as TLSSocket).getPeerCertificate();
    answer.resume();
    await once(answer, 'end');
    return subject.CN;
  };
  const agent = () => new Agent({ keepAlive: true, maxSockets: 1 });
  const [old, later, last] = [agent(), agent(), agent()];
  expect(await nameBy(old)).toBe('first');

  install('second');
  await files.reload();
  expect([await nameBy(old), await nameBy(later)]).toEqual(['first', 'second']);

  copyFileSync(path('first.pem'), path('now.pem'));
  await files.reload();
  writeFileSync(path('now.pem'), 'half a fi');
  await files.reload();
  await files.reload();
  expect(await nameBy(last)).toBe('second');
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain(
    `${path('now.pem')} and ${path('now.key')} are not a certificate and its key`,
  );
  expect(JSON.stringify(problems)).not.toContain('PRIVATE KEY');

  install('first');
  await files.reload();
  expect(await nameBy(agent())).toBe('first');
  for (const each of [old, later, last]) each.destroy();
  server.closeAllConnections();
  server.close();
});

test('the files are read again by themselves, and each new contents is shown once', async () => {
  install('first');
  using files = await TlsFiles.open(paths(), { onProblem: () => undefined, rereadMs: 10 });
  const seen: string[] = [];
  const changed = new Promise<void>((resolve) =>
    files.follow(({ cert }) => {
      seen.push(cert);
      resolve();
    }),
  );
  install('second');
  await changed;
  await files.reload();
  expect(seen).toEqual([await readFile(path('second.pem'), 'utf8')]);
});

test('a problem that comes back is shown again', async () => {
  install('first');
  const problems: string[] = [];
  const onProblem = ({ message }: Error) => problems.push(message);
  using files = await TlsFiles.open(paths(), { onProblem, rereadMs: 3_600_000 });
  for (let round = 0; round < 2; round++) {
    rmSync(path('now.key'));
    await files.reload();
    install('first');
    await files.reload();
  }
  expect(problems).toEqual(Array(2).fill(expect.stringContaining('ENOENT')));
});

test('the CA of clients is read too, and a new one is followed', async () => {
  install('first');
  copyFileSync(path('first.pem'), path('ca.pem'));
  const onProblem = () => undefined;
  using files = await TlsFiles.open({ ...paths(), clientCa: path('ca.pem') }, { onProblem });
  expect(files.contents.ca).toBe(files.contents.cert);
  const followed = new Promise((resolve) => files.follow(resolve));
  copyFileSync(path('second.pem'), path('ca.pem'));
  await files.reload();
  expect(await followed).toEqual({ ...files.contents, ca: await readFile(path('second.pem'), 'utf8') });
});

test.each(['now.pem', 'now.key', 'ca.pem'])('the caller can refuse the file %s', async (refused) => {
  install('first');
  copyFileSync(path('first.pem'), path('ca.pem'));
  const read = (file: string) =>
    file === path(refused) ? Promise.reject(new Error(`not ${file}`)) : readFile(file, 'utf8');
  const open = TlsFiles.open({ ...paths(), clientCa: path('ca.pem') }, { onProblem: () => undefined, read });
  await expect(open).rejects.toThrow(`not ${path(refused)}`);
});

test('files that cannot be used are an error at the start', async () => {
  install('first');
  const open = (more: Partial<TlsPaths>) =>
    TlsFiles.open({ ...paths(), ...more }, { onProblem: () => undefined });
  await expect(open({ key: path('nosuch') })).rejects.toThrow(/ENOENT.*nosuch/);
  await expect(open({ key: path('second.key') })).rejects.toThrow(/are not a certificate and its key/);
});

test('when it is disposed of while it reads, it changes nothing and shows no problem', async () => {
  install('first');
  const shown: unknown[] = [];
  const files = await TlsFiles.open(paths(), { onProblem: (problem) => shown.push(problem) });
  files.follow((contents) => shown.push(contents));
  install('second');
  const [changed] = [files.reload(), files[Symbol.dispose]()];
  await changed;
  rmSync(path('now.key'));
  await files.reload();
  expect(shown).toEqual([]);
});
