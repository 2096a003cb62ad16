import { createServer } from 'node:net';
import { LabError } from './errors.ts';

/**
 * Locks a lab's name, so that one process at a time raises or takes down the lab. The lock is an abstract
 * Unix socket (unix(7)), which is not a file: the kernel releases it when its holder ends or crashes.
 * @throws LabError `LAB_BUSY`
 */
export async function lockLab(name: string): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new LabError('LAB_BUSY', `another process is raising or taking down lab "${name}"`, { cause: error }),
      ),
    );
    server.listen(`\0ovn-lab-${name}`, resolve);
  });
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
