import { createServer } from 'node:net';
import { LabError } from './errors.ts';

/**
 * Lets one process at a time raise or take down a lab of this name. The lock is an abstract Unix socket (unix(7)): it is
 * no file, and the kernel frees it when its holder ends, however that happens.
 * @throws LabError `LAB_BUSY`
 */
export async function lockLab(name: string): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new LabError('LAB_BUSY', `somebody else is raising or taking down lab "${name}"`, { cause: error }),
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
