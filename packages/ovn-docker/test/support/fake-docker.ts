import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An engine that gives these answers, by path; 404 to every other path. */
export async function fakeDocker(
  answers: Readonly<Record<string, unknown>>,
): Promise<AsyncDisposable & { readonly socket: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'docker-'));
  const socket = join(directory, 'docker.sock');
  const server = createServer(({ url = '' }, response) => {
    const answer = answers[url];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? { message: 'no' }));
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    socket,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(directory, { recursive: true });
    },
  };
}
