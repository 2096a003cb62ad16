import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './child.ts';

/**
 * A cluster of one server. Unlike a standalone server it commits later, and lets clients resume from its
 * history.
 */
export class RaftServer implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'ovsdb-raft1-'));
  readonly #process = new ServerProcess();

  constructor(schema: object) {
    const file = join(this.directory, 'schema');
    writeFileSync(file, JSON.stringify(schema));
    execFileSync('ovsdb-tool', ['create-cluster', this.#file('db'), file, `unix:${this.#file('raft')}`]);
  }

  get remote(): string {
    return `unix:${this.#file('sock')}`;
  }

  async start(): Promise<this> {
    await this.#process.start(this.directory, this.remote, [
      `--remote=p${this.remote}`,
      `--unixctl=${this.#file('ctl')}`,
      '-vconsole:off',
      '-vfile:off',
      this.#file('db'),
    ]);
    return this;
  }

  stop(signal?: NodeJS.Signals): Promise<void> {
    return this.#process.stop(signal);
  }

  /** Copies the database to `name`, while the server is stopped. */
  save(name: string): void {
    copyFileSync(this.#file('db'), this.#file(name));
  }

  /** Restores a copy of the database, while the server is stopped. */
  restore(name: string): void {
    copyFileSync(this.#file(name), this.#file('db'));
  }

  /** Converts the database to another schema, while the server runs. */
  convert(schema: object): void {
    const file = this.#file('converted');
    writeFileSync(file, JSON.stringify(schema));
    execFileSync('ovsdb-client', ['-t', '30', 'convert', this.remote, file]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.directory, name);
  }
}

/** Creates and starts a cluster of one server. */
export function startRaftServer(schema: object): Promise<RaftServer> {
  return new RaftServer(schema).start();
}
