import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';

/** How long running requests may take when the agent stops serving, in milliseconds. */
const GRACE_MS = 5000;

/** A request handler. `closing` aborts when the agent stops serving: streams must end then. */
interface App {
  fetch(request: Request, env: { readonly closing: AbortSignal }): Response | Promise<Response>;
}

interface ListenOptions {
  readonly graceMs?: number;
  /** Changes the rights of the socket before programs can find it. */
  share?(socket: string): Promise<void>;
}

/**
 * Serves on a Unix socket that only root can open, and who else `share` lets. Replaces the socket file of an
 * earlier agent, because this agent holds the lock. Closing removes only its own file: after the agent has
 * lost the lock, another agent's socket can be at `path`. Closing gives running requests `graceMs`
 * milliseconds to end, because the next agent waits for this one.
 * @param lock aborts when the lock is lost: then the socket does not replace the other agent's
 */
export async function listen(
  app: App,
  path: string,
  lock: AbortSignal,
  { graceMs = GRACE_MS, share }: ListenOptions = {},
): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const closing = new AbortController();
  const serve = getRequestListener((request) => app.fetch(request, { closing: closing.signal }));
  const server = createServer((request, response) => {
    // Docker 20.10 sends the path of the socket as Host, which would make the request's URL invalid.
    request.headers.host = 'localhost';
    return serve(request, response);
  });
  // By default Node closes a connection that was idle for 5 s. A call that dockerd sends at that moment is
  // lost; dockerd then repeats it with an empty body, and the container does not start. dockerd has few
  // connections: keep them open.
  server.keepAliveTimeout = 0;
  // Closing a server unlinks the path that it was bound to (libuv), even if another agent's socket is there
  // by then: bind to a private path and rename the socket.
  const bound = join(dirname(path), `.${randomUUID().slice(0, 8)}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(bound, resolve);
  });
  await chmod(bound, 0o600);
  await share?.(bound);
  const { ino } = await stat(bound);
  if (!lock.aborted) await rename(bound, path);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      closing.abort();
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      const present = await stat(path).catch(() => undefined);
      if (present?.ino === ino) await rm(path, { force: true });
      await closed;
      clearTimeout(late);
    },
  };
}
