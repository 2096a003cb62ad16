import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { promptRetries } from '../../test/support/session.ts';
import { CloudConnection } from './connection.ts';
import type { AnswerLimits } from './limits.ts';

const MEBIBYTE = 'x'.repeat(2 ** 20);

/** The result of a GET, and how many bytes the server had sent and how often it was asked by then. */
async function getFrom(listener: RequestListener, limits: AnswerLimits, timeoutMs = 10_000) {
  let calls = 0;
  let sent = 0;
  const server = createServer((request, response) => {
    calls += 1;
    response.on('close', () => {
      sent += response.socket?.bytesWritten ?? 0;
    });
    listener(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await using connection = new CloudConnection({
    limits,
    timeoutMs,
    retry: { ...promptRetries, attempts: 2 },
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const result = await connection
    .send({ method: 'GET', url, headers: {}, secrets: [] })
    .catch((error: unknown) => error);
  server.closeAllConnections();
  server.close();
  return { result, calls, sent };
}

const tooLong = {
  code: 'OPENSTACK_ANSWER_TOO_LONG',
  message: expect.stringContaining('longer than 1048576 bytes'),
};

test('an answer without an end is not read beyond the limit, and not requested again', async () => {
  const { result, calls } = await getFrom(
    (_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write(MEBIBYTE));
      };
      response.on('drain', write);
      write();
    },
    { answerBytes: 2 ** 20 },
  );
  expect([result, calls]).toMatchObject([tooLong, 1]);
});

test('an answer that unpacks to more than the limit is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(2 ** 26));
  expect(bomb.length).toBeLessThan(2 ** 17);
  const { result, calls } = await getFrom(
    (_request, response) => response.setHeader('content-encoding', 'gzip').end(bomb),
    { answerBytes: 2 ** 20 },
  );
  expect([result, calls]).toMatchObject([tooLong, 1]);
});

test('an answer of exactly the limit is read', async () => {
  const { result } = await getFrom((_request, response) => response.end(MEBIBYTE), { answerBytes: 2 ** 20 });
  expect(result).toMatchObject({ status: 200, text: MEBIBYTE });
});

test('headers of more than 16 KiB are refused', async () => {
  const { result } = await getFrom(
    (_request, response) => response.setHeader('x-long', 'x'.repeat(20_000)).end(),
    {},
  );
  expect(result).toMatchObject({ code: 'OPENSTACK_CONNECTION_LOST' });
});

test('the time limit of a try includes an answer that arrives byte by byte', async () => {
  const { result, calls } = await getFrom(
    (_request, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    },
    {},
    200,
  );
  expect([result, calls]).toMatchObject([{ code: 'OPENSTACK_TIMEOUT' }, 2]);
});
