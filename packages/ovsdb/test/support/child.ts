import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from '../../src/index.ts';

/** A child process that runs ovsdb-server. */
export class ServerProcess {
  #child: ChildProcess | undefined;

  /**
   * Starts the process. Resolves when it answers on `remote`.
   *
   * @param prefix a command to run it with, such as `nsenter --net=…`
   */
  async start(
    directory: string,
    remote: string,
    args: readonly string[],
    prefix: readonly string[] = [],
  ): Promise<void> {
    // Delete the sockets of a killed server, which would look like a running one.
    for (const name of ['sock', 'ctl']) rmSync(`${directory}/${name}`, { force: true });
    const [program = '', ...rest] = [...prefix, 'ovsdb-server', ...args];
    this.#child = spawn(program, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: directory,
      env: { ...process.env, OVS_RUNDIR: directory },
    });
    await (await connect({ remotes: remote, waitForServer: true, backoff: { minMs: 5, maxMs: 50 } })).close();
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await ended;
  }

  /** Freezes the process, or lets it continue. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }
}
