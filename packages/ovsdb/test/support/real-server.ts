import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './child.ts';

/** Options of `startServer`. */
export interface ServerOptions {
  /** For each database, the path of its .ovsschema file or the parsed schema. */
  readonly schemas: readonly (string | object)[];
  /** More arguments, such as another `--remote`. */
  readonly arguments?: readonly string[];
}

/** A real, standalone ovsdb-server on a unix socket in a new temporary directory. */
export class RealServer implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'ovsdb-'));
  readonly #process = new ServerProcess();
  readonly #arguments: readonly string[];

  constructor({ schemas, arguments: more = [] }: ServerOptions) {
    const databases = schemas.map((schema, index) => {
      const file = typeof schema === 'string' ? schema : join(this.directory, `${index}.ovsschema`);
      if (typeof schema !== 'string') writeFileSync(file, JSON.stringify(schema));
      const database = join(this.directory, `${index}.db`);
      execFileSync('ovsdb-tool', ['create', database, file]);
      return database;
    });
    this.#arguments = [
      `--remote=p${this.remote}`,
      `--unixctl=${join(this.directory, 'ctl')}`,
      '-vconsole:off',
      '-vfile:off',
      ...more,
      ...databases,
    ];
  }

  get remote(): string {
    return `unix:${join(this.directory, 'sock')}`;
  }

  /** Starts the server, the first time or again. Resolves when it answers. */
  async start(): Promise<this> {
    await this.#process.start(this.directory, this.remote, this.#arguments);
    return this;
  }

  stop(signal?: NodeJS.Signals): Promise<void> {
    return this.#process.stop(signal);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.signal(signal);
  }

  /** Carries out a transaction on the file of the first database, while the server is stopped. */
  edit(transaction: readonly unknown[]): void {
    execFileSync('ovsdb-tool', ['transact', join(this.directory, '0.db'), JSON.stringify(transaction)]);
  }

  /** Runs ovsdb-client with this server. Returns its output. */
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

/** Creates the databases and starts a server with them. */
export function startServer(options: ServerOptions): Promise<RealServer> {
  return new RealServer(options).start();
}
