import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { Log } from '../log.ts';
import { noteSender, recordRequests } from './record-requests.ts';

/** An API whose requests are recorded, and the lines of its log. */
function recorded({ accessLog = true } = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = { info: (line: Record<string, unknown>) => lines.push(line) } as unknown as Log;
  const app = new Hono();
  app.use(recordRequests('network', { log, accessLog }));
  app.get('/known/*', (context) => {
    noteSender(context, { userId: 'u', projectId: 'p' });
    return context.text('');
  });
  const get = (path: string, address = '192.0.2.1', headers = {}) =>
    app.request(path, { headers }, { incoming: { socket: { remoteAddress: address } } });
  return { lines, get };
}

test('a line names the request and who sent it, without query and token', async () => {
  const { lines, get } = recorded();
  const id = `req-${'1'.repeat(36)}`;
  const headers = { 'X-Auth-Token': 'secret', 'X-Openstack-Request-Id': id };
  const answer = await get('/known/1?password=secret', '192.0.2.1', headers);
  expect(lines).toEqual([
    {
      msg: 'request',
      api: 'network',
      request_id: answer.headers.get('X-Openstack-Request-Id'),
      client_request_id: id,
      address: '192.0.2.1',
      user_id: 'u',
      project_id: 'p',
      method: 'GET',
      path: '/known/1',
      status: 200,
      ms: expect.any(Number),
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('a line is bounded, and its client cannot choose what it says', async () => {
  const { lines, get } = recorded();
  await get(`/${'x'.repeat(10_000)}`, '192.0.2.1', { 'X-Openstack-Request-Id': 'req-"forged"' });
  expect(lines[0]?.['client_request_id']).toBeUndefined();
  expect(JSON.stringify(lines).length).toBeLessThan(700);
});

test('strangers do not fill the log; others lose no line', async () => {
  const { lines, get } = recorded();
  for (let count = 0; count < 150; count++) await get('/unknown');
  const strange = lines.length;
  expect(strange).toBeGreaterThanOrEqual(100);
  expect(strange).toBeLessThan(150);
  for (let count = 0; count < 150; count++) await get('/known/1');
  await get('/unknown', '192.0.2.2');
  expect(lines.length).toBe(strange + 151);
});

test('the access log can be off', async () => {
  const { lines, get } = recorded({ accessLog: false });
  expect((await get('/known/1')).headers.get('X-Openstack-Request-Id')).toMatch(/^req-/);
  expect(lines).toEqual([]);
});
