import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';

/** A service that records and counts its calls and returns the count. */
let service: Server;
let upstream: string;
let carriedOut: string[];
let proxy: FaultProxy;
let origin: string;
/** One connection at a time, kept alive, as in a client's connection pool. */
let agent: Agent;

beforeEach(async () => {
  carriedOut = [];
  service = createServer(async (incoming, response) => {
    const body = (await buffer(incoming)).toString();
    carriedOut.push(`${incoming.method} ${incoming.url} ${body}`);
    if (incoming.method === 'DELETE') return response.writeHead(204).end();
    response.setHeader('x-request-id', 'req-1');
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ count: carriedOut.length, url: `${upstream}/v2.0`, body }));
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  upstream = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  proxy = await FaultProxy.listen([{ host: '127.0.0.1', port: 0, upstream }]);
  origin = proxy.origins[0] ?? '';
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});

afterEach(async () => {
  agent.destroy();
  await proxy[Symbol.asyncDispose]();
  service.close();
  service.closeAllConnections();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly localPort: number | undefined;
  readonly reused: boolean;
}

async function call(method: string, path: string, body?: string): Promise<Answer> {
  const sent = request(`${origin}${path}`, { method, agent });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const { localPort } = answer.socket;
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    localPort,
    reused: sent.reusedSocket,
    body: await text(answer),
  };
}

it('calls are forwarded with their bodies and headers, over kept-alive connections', async () => {
  const first = await call('POST', '/v2.0/ports?fields=id', '{"port": {}}');
  const second = await call('GET', '/v2.0/ports');
  expect(first.status).toBe(200);
  expect(first.headers['x-request-id']).toBe('req-1');
  expect(JSON.parse(first.body)).toMatchObject({ body: '{"port": {}}' });
  expect(second).toMatchObject({ reused: true, localPort: first.localPort });
  expect(await call('DELETE', '/v2.0/ports/1')).toMatchObject({ status: 204, body: '' });
  expect(carriedOut).toEqual([
    'POST /v2.0/ports?fields=id {"port": {}}',
    'GET /v2.0/ports ',
    'DELETE /v2.0/ports/1 ',
  ]);
  expect(proxy.calls).toEqual([
    { method: 'POST', path: '/v2.0/ports?fields=id', outcome: 200 },
    { method: 'GET', path: '/v2.0/ports', outcome: 200 },
    { method: 'DELETE', path: '/v2.0/ports/1', outcome: 204 },
  ]);
});

it('an answer that contains the origin of the service gets the origin of the proxy instead', async () => {
  const { body, headers } = await call('GET', '/');
  expect(JSON.parse(body)).toMatchObject({ url: `${origin}/v2.0` });
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
});

it('cut before forwarding: the connection is closed and the service gets no call', async () => {
  await call('GET', '/first');
  const rule = proxy.rules.add({ method: 'POST', times: 1, fault: { kind: 'cut', moment: 'before' } });
  await expect(call('POST', '/v2.0/ports')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(carriedOut).toEqual(['GET /first ']);
  expect(proxy.calls.at(-1)).toEqual({ method: 'POST', path: '/v2.0/ports', rule, outcome: 'cut' });
  expect(await call('POST', '/v2.0/ports')).toMatchObject({ status: 200, reused: false });
});

it('cut after forwarding: the service carries the call out, and the answer is lost', async () => {
  proxy.rules.add({ path: '^/v2.0/ports$', times: 1, fault: { kind: 'cut', moment: 'after' } });
  await expect(call('POST', '/v2.0/ports', 'body')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(carriedOut).toEqual(['POST /v2.0/ports body']);
});

it('if the service is down, the connection is closed', async () => {
  service.close();
  service.closeAllConnections();
  await expect(call('GET', '/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(proxy.calls).toMatchObject([{ outcome: 'cut' }]);
});

it.each([
  ['first', 1],
  ['second', 2],
] as const)('a call is carried out twice, and the client gets the %s answer', async (answer, count) => {
  proxy.rules.add({ fault: { kind: 'duplicate', answer } });
  expect(JSON.parse((await call('POST', '/', 'x')).body)).toMatchObject({ count });
  expect(carriedOut).toEqual(['POST / x', 'POST / x']);
});

it('the proxy answers as often as the rule says, and keeps the connection open', async () => {
  const body = { NeutronError: { type: 'OverQuota', message: 'no more', detail: '' } };
  proxy.rules.add({
    times: 2,
    fault: { kind: 'answer', status: 503, headers: { 'retry-after': '1' }, body },
  });
  const { status, headers, body: answer } = await call('POST', '/v2.0/ports');
  expect({ status, answer: JSON.parse(answer) }).toEqual({ status: 503, answer: body });
  expect(headers['retry-after']).toBe('1');
  expect(await call('GET', '/')).toMatchObject({ status: 503, reused: true });
  expect(await call('GET', '/')).toMatchObject({ status: 200, reused: true });
  expect(carriedOut).toEqual(['GET / ']);
});

it('a call hangs until its rule is released, then it is carried out, even if its client has given up', async () => {
  const rule = proxy.rules.add({ method: 'POST', times: 2, fault: { kind: 'hang' } });
  const patient = call('POST', '/patient');
  await expect.poll(() => proxy.rules.state(rule)).toEqual({ hits: 1, hanging: 1 });
  const impatient = request(`${origin}/impatient`, { method: 'POST', agent: false });
  impatient.on('error', () => undefined).end();
  await expect.poll(() => proxy.rules.state(rule)).toEqual({ hits: 2, hanging: 2 });
  impatient.destroy();
  // Other calls are forwarded meanwhile.
  await expect(fetch(`${origin}/other`)).resolves.toMatchObject({ status: 200 });
  expect(carriedOut).toEqual(['GET /other ']);
  proxy.rules.release(rule);
  expect(await patient).toMatchObject({ status: 200 });
  await expect
    .poll(() => carriedOut.toSorted())
    .toEqual(['GET /other ', 'POST /impatient ', 'POST /patient ']);
  expect(proxy.rules.state(rule)).toEqual({ hits: 2, hanging: 0 });
});

it('a delayed call is forwarded afterwards', async () => {
  proxy.rules.add({ fault: { kind: 'delay', ms: 100 } });
  const started = performance.now();
  expect(await call('GET', '/')).toMatchObject({ status: 200 });
  expect(performance.now() - started).toBeGreaterThan(90);
});

it('the first rule that is not used up decides; without rules every call is forwarded', async () => {
  proxy.rules.add({ times: 1, fault: { kind: 'answer', status: 500 } });
  proxy.rules.add({ method: 'GET', fault: { kind: 'answer', status: 401 } });
  expect((await call('GET', '/')).status).toBe(500);
  expect((await call('GET', '/')).status).toBe(401);
  expect((await call('POST', '/')).status).toBe(200);
  proxy.rules.clear();
  expect((await call('GET', '/')).status).toBe(200);
});
