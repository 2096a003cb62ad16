import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

/** Serves on a Unix socket that only root may open. A socket file left by a former agent is replaced: the lock is ours. */
export async function listen(app: Hono, path: string): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const serve = getRequestListener(app.fetch);
  const server = createServer((request, response) => {
    // Docker 20.10 puts the path of the socket into Host, which is no host and would make the URL invalid.
    request.headers.host = 'localhost';
    return serve(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
      await rm(path, { force: true });
    },
  };
}
