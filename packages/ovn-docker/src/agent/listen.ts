import { chmod, mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

/** Serves on a Unix socket that only root may open. A socket file left by a former agent is replaced: the lock is ours. */
export async function listen(app: Hono, path: string): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
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
