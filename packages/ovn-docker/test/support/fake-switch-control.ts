import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory with the control socket of an ovs-vswitchd that gives these answers, by command. */
export async function fakeSwitchControl(
  answers: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'switch-control-'));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      const { id, method } = JSON.parse(String(request)) as { id: number; method: string };
      socket.end(JSON.stringify({ id, result: answers[method] ?? '', error: null }));
    });
  });
  server.listen(join(directory, 'ovs-vswitchd.1.ctl'));
  await once(server, 'listening');
  return {
    directory,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
      rmSync(directory, { recursive: true });
    },
  };
}
