import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';

/** How long requests that are under way may take when the agent stops serving, in milliseconds. */
const GRACE_MS = 5000;

/** What serves, with what it is told besides the request. */
interface App {
  fetch(request: Request, env: { readonly closing: AbortSignal }): Response | Promise<Response>;
}

/**
 * Serves on a Unix socket that only root may open. A socket file left by a former agent is replaced: the lock is ours. When the
 * lock went to another agent, its socket may stand there by the time we close: only our own file is removed. Closing lets requests
 * end that are under way, but not for ever: the next agent waits for it.
 * @param app is told by `closing` when it is to end what would go on
 * @param held aborts when the lock is not ours any more: then nothing is replaced, and nobody served
 */
export async function listen(
  app: App,
  path: string,
  held: AbortSignal,
  { graceMs = GRACE_MS }: { graceMs?: number } = {},
): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const closing = new AbortController();
  const serve = getRequestListener((request) => app.fetch(request, { closing: closing.signal }));
  const server = createServer((request, response) => {
    // Docker 20.10 puts the path of the socket into Host, which is no host and would make the URL invalid.
    request.headers.host = 'localhost';
    return serve(request, response);
  });
  // By default Node closes a connection that was idle for 5 s. A call that dockerd sends on it at that moment is lost, and what
  // dockerd sends again then has an empty body: the container would not start. dockerd has few connections; they may stay.
  server.keepAliveTimeout = 0;
  // Closing a server unlinks the name that it was bound to (libuv), whoever has it by then: so that is one of our own.
  const bound = join(dirname(path), `.${randomUUID().slice(0, 8)}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(bound, resolve);
  });
  await chmod(bound, 0o600);
  const { ino } = await stat(bound);
  if (!held.aborted) await rename(bound, path);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      closing.abort();
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      const there = await stat(path).catch(() => undefined);
      if (there?.ino === ino) await rm(path, { force: true });
      await closed;
      clearTimeout(late);
    },
  };
}
