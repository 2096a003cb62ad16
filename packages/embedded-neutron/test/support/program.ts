import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The program `embedded-neutron serve` in a process of its own. */
export interface TestProgram extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly ready: { readonly identity: string; readonly network: string; readonly health?: string };
  /** The lines of its log so far, without those that are no JSON. */
  log(): readonly Readonly<Record<string, unknown>>[];
}

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** Starts the program. Resolves when it serves. @param openFiles the limit of open files */
export async function startProgram(configPath: string, openFiles = 4096): Promise<TestProgram> {
  const script = `ulimit -n ${openFiles}; exec "$@"`;
  const command = [process.execPath, '--conditions=source', main, 'serve', '--config', configPath];
  const child = spawn('sh', ['-c', script, 'sh', ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the program ended: ${stderr}`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return {
    process: child,
    ready: JSON.parse(String(line)),
    log: () =>
      stderr
        .split('\n')
        .filter((each) => each.startsWith('{'))
        .map((each) => JSON.parse(each)),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
