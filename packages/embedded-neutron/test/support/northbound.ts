import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@ovn-docker/ovsdb';

/** A real ovsdb-server with an empty OVN_Northbound database in its own directory. */
export interface TestNorthbound extends AsyncDisposable {
  readonly remote: string;
  readonly directory: string;
  /** Stops the server. Keeps the database. */
  stop(): Promise<void>;
  /** Starts the server again on the same database. */
  start(): Promise<void>;
  /** Copies the database of a stopped server. */
  backUp(): { restore(): void };
  /** Replaces the database of a stopped server by an empty one. */
  recreate(): void;
  /** Stops the server's process for a while (SIGSTOP): it accepts connections and does not answer. */
  freeze(): void;
  /** Lets a frozen server go on. */
  thaw(): void;
  /** Runs ovn-nbctl on the database and returns its output. */
  nbctl(...args: string[]): string;
}

const SCHEMA = '/usr/share/ovn/ovn-nb.ovsschema';

/** Starts the server. Resolves when it answers. */
export async function startNorthbound(): Promise<TestNorthbound> {
  const directory = mkdtempSync(join(tmpdir(), 'en-nb-'));
  const path = (name: string) => join(directory, name);
  run('ovsdb-tool', ['create', path('nb.db'), SCHEMA]);
  const remote = `unix:${path('nb.sock')}`;
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(
      'ovsdb-server',
      [`--remote=p${remote}`, `--unixctl=${path('ctl')}`, '--no-chdir', '-vconsole:off', path('nb.db')],
      { stdio: 'ignore' },
    );
    const client = await connect({
      remotes: remote,
      waitForServer: true,
      backoff: { minMs: 20, maxMs: 100 },
    });
    await client.listDbs();
    await client.close();
  };
  const stop = async () => {
    if (!server) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    // A frozen server ends when it goes on.
    server.kill('SIGCONT');
    await ended;
    server = undefined;
  };
  await start();
  return {
    remote,
    directory,
    start,
    stop,
    backUp: () => {
      const content = readFileSync(path('nb.db'));
      return { restore: () => writeFileSync(path('nb.db'), content) };
    },
    recreate: () => {
      rmSync(path('nb.db'));
      run('ovsdb-tool', ['create', path('nb.db'), SCHEMA]);
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    nbctl: (...args) => run('ovn-nbctl', [`--db=${remote}`, '--timeout=10', ...args]),
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Runs a program and returns its output. If it fails, throws its standard error. */
export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
