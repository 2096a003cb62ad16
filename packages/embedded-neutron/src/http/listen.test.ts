import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { Connections } from '@ovn-docker/http-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../log.ts';
import { neutronBody } from './answer-errors.ts';
import { openCertificate } from './certificate.ts';
import { listen } from './listen.ts';

type Options = Partial<Parameters<typeof listen>[0]>;

/** Starts a listener that answers until the end of the test. */
async function start(options: Options = {}) {
  const limits = { total: 100, perClient: 100, beyondPerClient: 'replace', exchangeMs: 60_000 } as const;
  const connections = new Connections(limits);
  const server = await listen({ address: '127.0.0.1:0', connections, form: neutronBody, ...options });
  onTestFinished(() => server.close(0));
  const app = new Hono();
  app.onError((_error, context) => context.text('', 400));
  app.get('/', (context) => context.text(new URL(context.req.url).protocol));
  app.post('/', async (context) => context.text(await context.req.text()));
  server.answer(app);
  return server;
}

/** Sends something on a connection, and returns everything that arrives until it is closed. */
async function send(url: string, sent: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(sent);
  return text(socket);
}

const HEAD = 'HTTP/1.1\r\nHost: h\r\n';

describe('a client that is too slow is disconnected', () => {
  const patience = {
    headersTimeout: 100,
    requestTimeout: 100,
    keepAliveTimeout: 100,
    connectionsCheckingInterval: 20,
  };
  test.each([
    ['sends nothing', '', ''],
    ['sends half of its headers', `GET / ${HEAD}X-A`, '408'],
    ['sends half of its body', `POST / ${HEAD}Content-Length: 10\r\n\r\nabc`, '408'],
    ['sends half of a chunk', `POST / ${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\nabc`, '408'],
    ['sends no second request', `GET / ${HEAD}\r\n`, '200'],
  ])('when it %s', async (_what, sent, status) => {
    const { url } = await start({ patience });
    const received = await send(url, sent);
    expect(received).toContain(status);
    if (status === '408') expect(received).toContain('"type":"RequestTimeout"');
  });
});

test('what is no HTTP gets an answer in the form of the API', async () => {
  const { url } = await start();
  expect(await send(url, 'hello\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 .*"type":"HTTPBadRequest","message":"The request is not valid/s,
  );
});

test('an address that is in use is an error of the program', async () => {
  const { url } = await start();
  const again = start({ address: new URL(url).host });
  await expect(again).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
  await expect(again).rejects.toThrow(`cannot listen on ${new URL(url).host}: `);
});

describe('with a certificate', () => {
  let directory: string;
  const path = (name: string) => join(directory, name);
  const paths = () => ({ certificate: path('now.pem'), key: path('now.key') });
  const install = (name: string) => {
    for (const kind of ['pem', 'key']) copyFileSync(path(`${name}.${kind}`), path(`now.${kind}`));
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'en-tls-'));
    for (const name of ['first', 'second']) {
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
      const more = ['-out', path(`${name}.pem`), '-subj', `/CN=${name}`, '-days', '2'];
      execFileSync('openssl', ['req', '-x509', ...key, path(`${name}.key`), ...more], { stdio: 'ignore' });
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('new connections get a new certificate, and the log says so; also why one is not used', async () => {
    install('first');
    const lines: Record<string, unknown>[] = [];
    const line = (entry: Record<string, unknown>) => lines.push(entry);
    using certificate = await openCertificate(paths(), {
      ...openLog('silent'),
      error: line,
      info: line,
    } as never);
    const { url } = await start({ certificate });
    expect(url).toMatch(/^https:/);
    /** The name in the certificate of a new connection. */
    const nameNow = async () => {
      const agent = new Agent();
      const [answer] = await once(request(url, { agent, rejectUnauthorized: false }).end(), 'response');
      const { subject } = (answer.socket as TLSSocket).getPeerCertificate();
      expect(await text(answer)).toBe('https:');
      return subject.CN;
    };
    expect(await nameNow()).toBe('first');
    install('second');
    await certificate.reload();
    expect(await nameNow()).toBe('second');
    copyFileSync(path('first.pem'), path('now.pem'));
    await certificate.reload();
    expect(await nameNow()).toBe('second');
    expect(lines).toEqual([
      { msg: 'new connections use the new certificate', file: path('now.pem') },
      {
        msg: 'the certificate in use stays, because the new one cannot be used',
        error: expect.stringContaining('are not a certificate and its key'),
      },
    ]);
  });

  test('one that cannot be used is refused at the start', async () => {
    install('first');
    const open = openCertificate({ ...paths(), key: path('nosuch') }, openLog('silent'));
    await expect(open).rejects.toMatchObject({ code: 'CERTIFICATE_UNUSABLE' });
  });
});
