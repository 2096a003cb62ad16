import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReplayCloud, recordingOf, startReplayCloud } from '../../test/support/replay-cloud.ts';
import { promptRetries } from '../../test/support/session.ts';
import { OpenStackConnectionError } from '../errors.ts';
import { CloudConnection, type ConnectionConfig } from './connection.ts';
import type { HttpRequest, Method } from './types.ts';

let cloud: ReplayCloud;
const open: CloudConnection[] = [];

beforeEach(async () => {
  cloud = await startReplayCloud('ports');
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await cloud[Symbol.asyncDispose]();
});

function connect(config: ConnectionConfig = {}): CloudConnection {
  const connection = new CloudConnection({ retry: promptRetries, ...config });
  open.push(connection);
  return connection;
}

function request(method: Method, url = `${cloud.url}/v2.0/ports`): HttpRequest {
  const headers = { 'x-auth-token': 'hunter22' };
  return {
    method,
    url: new URL(url),
    headers,
    secrets: ['hunter22'],
    ...(method === 'POST' ? { body: {} } : {}),
  };
}

async function failureOf(call: Promise<unknown>): Promise<OpenStackConnectionError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OpenStackConnectionError);
  return error as OpenStackConnectionError;
}

/** Plays the behaviours in order, then repeats the last one. */
function play(
  ...behaviours: Parameters<ReplayCloud['interpose']>[0] extends (c: never) => infer B ? B[] : never
): void {
  let next = 0;
  cloud.interpose(() => behaviours[Math.min(next++, behaviours.length - 1)]);
}

const ok = { status: 200, body: { ports: [] } };

describe('connections', () => {
  test('are kept alive', async () => {
    play(ok);
    const connection = connect();
    for (let call = 0; call < 20; call += 1) await connection.send(request('GET'));
    expect(cloud.calls).toHaveLength(20);
    // undici frees a connection a moment after its answer, so the second call may open another one.
    expect(cloud.connections).toBeLessThanOrEqual(2);
  });

  test('are limited in number', async () => {
    const release = Promise.withResolvers<void>();
    cloud.interpose(() => release.promise.then(() => ok));
    const connection = connect({ maxConcurrency: 3 });
    const calls = Array.from({ length: 9 }, () => connection.send(request('GET')));
    await cloud.arrived(3);
    release.resolve();
    await Promise.all(calls);
    expect(cloud.calls).toHaveLength(9);
    expect(cloud.busiest).toBe(3);
  });
});

describe('retries', () => {
  test('a GET is repeated after a reset and a 503', async () => {
    play('reset', { status: 503 }, ok);
    const answer = await connect().send(request('GET'));
    expect(answer.status).toBe(200);
    expect(cloud.calls).toHaveLength(3);
  });

  test('after the last try, the last answer is returned', async () => {
    play({ status: 502 });
    expect((await connect().send(request('GET'))).status).toBe(502);
    expect(cloud.calls).toHaveLength(4);
  });

  test('a POST with an unknown outcome is not repeated', async () => {
    play('reset', ok);
    const error = await failureOf(connect().send(request('POST')));
    expect(error).toMatchObject({ code: 'OPENSTACK_CONNECTION_LOST', outcome: 'unknown', method: 'POST' });
    expect(cloud.calls).toHaveLength(1);
  });

  test('a POST is repeated after a 503 of the token check', async () => {
    const recorded = recordingOf('errors', '405').response;
    play({ status: recorded.status, body: recorded.body }, ok);
    expect((await connect().send(request('POST'))).status).toBe(200);
    expect(cloud.calls).toHaveLength(2);
  });

  test('repeatedBlindly is true if an earlier try may have taken effect', async () => {
    play('reset', { status: 404 });
    expect((await connect().send(request('DELETE'))).repeatedBlindly).toBe(true);
    play({ status: 429 }, { status: 404 });
    expect((await connect().send(request('DELETE'))).repeatedBlindly).toBe(false);
  });

  test('the pause is as long as Retry-After', async () => {
    play({ status: 429, headers: { 'retry-after': '1' } }, ok);
    const begin = performance.now();
    await connect({ retry: { baseDelayMs: 1, maxDelayMs: 2000 } }).send(request('POST'));
    expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
  });
});

describe('without an answer', () => {
  test('a closed port means not sent', async () => {
    const url = `http://127.0.0.1:${await unusedPort()}/v3`;
    const error = await failureOf(connect().send(request('POST', url)));
    expect(error).toMatchObject({ code: 'OPENSTACK_UNREACHABLE', outcome: 'not-sent' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('an unknown host name means not sent', async () => {
    const error = await failureOf(connect().send(request('GET', 'http://nowhere.invalid/v3')));
    expect(error).toMatchObject({ code: 'OPENSTACK_UNREACHABLE', outcome: 'not-sent' });
  });

  test('a timeout means an unknown outcome', async () => {
    play('hang');
    const error = await failureOf(connect({ timeoutMs: 30 }).send(request('POST')));
    expect(error).toMatchObject({ code: 'OPENSTACK_TIMEOUT', outcome: 'unknown' });
    expect(cloud.calls).toHaveLength(1);
  });

  test('the error contains the request id that every try was sent with', async () => {
    play('reset');
    const error = await failureOf(connect().send(request('GET')));
    const ids = cloud.calls.map(({ headers }) => headers['x-openstack-request-id']);
    // The format that oslo.middleware accepts from a caller.
    expect(error.requestId).toMatch(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(ids)).toEqual(new Set([error.requestId]));
    expect(ids).toHaveLength(4);
    expect(error.message).toContain(`(${error.requestId})`);
  });

  test('the error contains no secret', async () => {
    play('reset');
    const error = await failureOf(connect().send(request('POST', `${cloud.url}/?token=hunter22`)));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter22');
  });
});

describe('the end of a call', () => {
  test('an aborted call rejects with the reason and frees its connection', async () => {
    play('hang', ok);
    const connection = connect({ maxConcurrency: 1 });
    const abort = new AbortController();
    const hanging = connection.send(request('GET'), abort.signal);
    const next = connection.send(request('GET'));
    await cloud.arrived(1);
    abort.abort(new Error('changed my mind'));
    await expect(hanging).rejects.toThrow('changed my mind');
    expect((await next).status).toBe(200);
  });

  test('a call with an aborted signal sends nothing', async () => {
    await expect(connect().send(request('GET'), AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
    expect(cloud.calls).toHaveLength(0);
  });

  test('a call can be aborted between two tries', async () => {
    play({ status: 503 });
    const abort = new AbortController();
    const retry = { baseDelayMs: 60_000, maxDelayMs: 60_000 };
    const call = connect({ retry }).send(request('GET'), abort.signal);
    await cloud.arrived(1);
    abort.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });

  test('close rejects the calls in progress and later ones', async () => {
    play('hang');
    const connection = connect();
    const hanging = failureOf(connection.send(request('POST')));
    await cloud.arrived(1);
    await connection.close();
    expect(await hanging).toMatchObject({ code: 'OPENSTACK_CLOSED', outcome: 'unknown' });
    const late = await failureOf(connection.send(request('POST')));
    expect(late).toMatchObject({ code: 'OPENSTACK_CLOSED', outcome: 'not-sent' });
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
