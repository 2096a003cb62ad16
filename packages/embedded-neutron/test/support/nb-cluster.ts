import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@ovn-docker/ovsdb';

const SCHEMA = '/usr/share/ovn/ovn-nb.ovsschema';
const DATABASE = 'OVN_Northbound';
const backoff = { minMs: 20, maxMs: 100 };

/** One ovsdb-server of the cluster. */
class Server {
  readonly #directory: string;
  #process: ChildProcess | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory);
  }

  /** Creates the database: a new cluster, or a member of the cluster that `others` form. */
  create(others: readonly Server[]): void {
    const args =
      others.length === 0
        ? ['create-cluster', this.#path('db'), SCHEMA, this.#raft]
        : ['join-cluster', this.#path('db'), DATABASE, this.#raft, ...others.map((other) => other.#raft)];
    execFileSync('ovsdb-tool', args);
  }

  get remote(): string {
    return `unix:${this.#path('sock')}`;
  }

  get #raft(): string {
    return `unix:${this.#path('raft')}`;
  }

  /** Starts the server. Resolves when it answers. */
  async start(): Promise<void> {
    // The sockets of a killed server look like those of a running one.
    for (const name of ['sock', 'ctl', 'raft']) rmSync(this.#path(name), { force: true });
    this.#process = spawn(
      'ovsdb-server',
      [
        `--remote=p${this.remote}`,
        `--unixctl=${this.#path('ctl')}`,
        '--no-chdir',
        '-vconsole:off',
        this.#path('db'),
      ],
      { stdio: 'ignore', env: { ...process.env, OVS_RUNDIR: this.#directory } },
    );
    await (await connect({ remotes: this.remote, waitForServer: true, backoff })).close();
  }

  /** Ends the server at once. */
  async kill(): Promise<void> {
    if (!this.#process) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    this.#process = undefined;
    await ended;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/** OVN Northbound on a RAFT cluster of three servers, in a directory of its own. */
export class NbCluster implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'en-raft-'));
  readonly #servers = [1, 2, 3].map((number) => new Server(join(this.directory, String(number))));

  /** Forms the cluster. Resolves when it has a leader. */
  static async start(): Promise<NbCluster> {
    const cluster = new NbCluster();
    for (const [index, server] of cluster.#servers.entries()) {
      server.create(cluster.#servers.slice(0, index));
      await server.start();
      await cluster.leader();
    }
    return cluster;
  }

  /** The addresses of all servers, separated by commas. */
  get remote(): string {
    return this.#servers.map(({ remote }) => remote).join();
  }

  /** The leader. Waits for the election of one. */
  async leader(): Promise<Server> {
    await using client = await connect({
      remotes: this.remote,
      leaderOnly: true,
      waitForServer: true,
      backoff,
      database: DATABASE,
    });
    const leader = this.#servers.find(({ remote }) => remote === client.remote);
    if (!leader) throw new Error('the leader is a server of the cluster');
    return leader;
  }

  /** Stops all servers' processes for a while, or lets them go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const server of this.#servers) server.signal(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()));
    rmSync(this.directory, { recursive: true });
  }
}
