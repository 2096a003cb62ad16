import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/index.ts';

/** Options of `startServer`. */
export interface ServerOptions {
  /** Each database: the path of its .ovsschema, or the schema itself. */
  readonly schemas: readonly (string | object)[];
  /** More remotes to listen on, as ovsdb-server's `--remote`. */
  readonly remotes?: readonly string[];
  readonly arguments?: readonly string[];
}

/** A real ovsdb-server on a unix socket in a directory of its own. */
export class RealServer implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'ovsdb-'));
  readonly #options: ServerOptions;
  readonly #databases: string[];
  #process: ChildProcess | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#databases = options.schemas.map((schema, index) => {
      const file = typeof schema === 'string' ? schema : join(this.directory, `${index}.ovsschema`);
      if (typeof schema !== 'string') writeFileSync(file, JSON.stringify(schema));
      const database = join(this.directory, `${index}.db`);
      execFileSync('ovsdb-tool', ['create', database, file]);
      return database;
    });
  }

  get remote(): string {
    return `unix:${join(this.directory, 'sock')}`;
  }

  get control(): string {
    return join(this.directory, 'ctl');
  }

  /** Starts it, or starts it again. Resolves when it listens. */
  async start(): Promise<this> {
    // What a killed server left behind would look like a running one.
    for (const name of ['sock', 'ctl']) rmSync(join(this.directory, name), { force: true });
    const child = spawn(
      'ovsdb-server',
      [
        `--remote=p${this.remote}`,
        ...(this.#options.remotes ?? []).map((remote) => `--remote=${remote}`),
        `--unixctl=${this.control}`,
        '-vconsole:off',
        '-vfile:off',
        ...(this.#options.arguments ?? []),
        ...this.#databases,
      ],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        cwd: this.directory,
        env: { ...process.env, OVS_RUNDIR: this.directory },
      },
    );
    this.#process = child;
    await (
      await connect({ remotes: this.remote, waitForServer: true, backoff: { minMs: 5, maxMs: 50 } })
    ).close();
    return this;
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await ended;
  }

  /** Stops it from running without ending it, and lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
  }

  /** Runs ovs-appctl against it. */
  appctl(...command: string[]): string {
    return execFileSync('ovs-appctl', ['-t', this.control, ...command], { encoding: 'utf8' });
  }

  /** Runs ovsdb-client against it. */
  client(command: string, ...rest: string[]): string {
    return execFileSync('ovsdb-client', [command, this.remote, ...rest], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Makes the databases and starts a server on them. */
export function startServer(options: ServerOptions): Promise<RealServer> {
  return new RealServer(options).start();
}
