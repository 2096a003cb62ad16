import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../log.ts';
import { neutronBody } from './answer-errors.ts';
import { Certificate } from './certificate.ts';
import { Connections } from './connections.ts';
import { listen } from './listen.ts';

let directory: string;
const path = (name: string) => join(directory, name);
const files = () => ({ certificate: path('now.pem'), key: path('now.key') });

/** Has the listener find the certificate of this name. */
function install(name: string): void {
  copyFileSync(path(`${name}.pem`), path('now.pem'));
  copyFileSync(path(`${name}.key`), path('now.key'));
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'en-tls-'));
  for (const name of ['first', 'second']) {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      path(`${name}.key`),
    ];
    execFileSync(
      'openssl',
      ['req', '-x509', ...key, '-out', path(`${name}.pem`), '-subj', `/CN=${name}`, '-days', '2'],
      { stdio: 'ignore' },
    );
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

test('new connections get a new certificate, running ones go on, and a broken one is not used', async () => {
  install('first');
  const lines: unknown[] = [];
  const log = { ...openLog('silent'), error: (line: unknown) => lines.push(line), info: () => undefined };
  using certificate = await Certificate.open(files(), log as never, 3_600_000);
  const connections = new Connections({ total: 10, perAddress: 10, exchangeMs: 10_000 });
  const server = await listen({ address: '127.0.0.1:0', connections, form: neutronBody, certificate });
  const app = new Hono();
  app.get('/', (context) => context.text(new URL(context.req.url).protocol));
  server.answer(app);
  expect(server.url).toMatch(/^https:/);
  /** The name in the certificate of the connection that an agent uses. */
  const nameBy = async (agent: Agent) => {
    const [answer] = await once(request(server.url, { agent, rejectUnauthorized: false }).end(), 'response');
    const { subject } = (answer.socket as TLSSocket).getPeerCertificate();
    answer.resume();
    await once(answer, 'end');
    return subject.CN;
  };
  const [old, later, last] = Array.from({ length: 3 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  if (!old || !later || !last) throw new Error('no agents');
  expect(await nameBy(old)).toBe('first');

  install('second');
  await certificate.reload();
  expect([await nameBy(old), await nameBy(later)]).toEqual(['first', 'second']);

  copyFileSync(path('first.pem'), path('now.pem'));
  await certificate.reload();
  writeFileSync(path('now.pem'), 'half a fi');
  await certificate.reload();
  await certificate.reload();
  expect(await nameBy(last)).toBe('second');
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('PRIVATE KEY');

  install('first');
  await certificate.reload();
  last.destroy();
  expect(await nameBy(new Agent())).toBe('first');
  for (const agent of [old, later]) agent.destroy();
  await server.close(0);
  expect(connections.size).toBe(0);
});

test('the files are read again without a signal', async () => {
  install('first');
  using certificate = await Certificate.open(files(), openLog('silent'), 10);
  const followed = new Promise<string>((resolve) => certificate.follow(({ cert }) => resolve(cert)));
  install('second');
  await followed;
});

test('a certificate that cannot be used is refused at the start', async () => {
  const open = () => Certificate.open({ ...files(), key: path('nosuch') }, openLog('silent'));
  await expect(open()).rejects.toMatchObject({ code: 'CERTIFICATE_UNUSABLE' });
});
