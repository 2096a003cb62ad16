import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, openReplica, parseSchema, type Row } from '../../src/index.ts';
import { serverSchema } from '../../src/memory/server-schema.ts';
import { ServerProcess } from './child.ts';

const RAFT_PORT = 6644;

/** One server of a cluster, in its own network namespace so that a test can disconnect it from the others. */
export class Node {
  readonly directory: string;
  readonly netns: string;
  readonly address: string;
  readonly #process = new ServerProcess();

  constructor(directory: string, netns: string, address: string) {
    this.directory = directory;
    this.netns = netns;
    this.address = address;
    mkdirSync(directory);
  }

  get remote(): string {
    return `unix:${join(this.directory, 'sock')}`;
  }

  get raftAddress(): string {
    return `tcp:${this.address}:${RAFT_PORT}`;
  }

  get database(): string {
    return join(this.directory, 'db');
  }

  async start(): Promise<void> {
    await this.#process.start(
      this.directory,
      this.remote,
      [
        `--remote=p${this.remote}`,
        `--unixctl=${join(this.directory, 'ctl')}`,
        '-vconsole:off',
        '-vfile:off',
        this.database,
      ],
      ['nsenter', `--net=/run/netns/${this.netns}`],
    );
  }

  stop(signal?: NodeJS.Signals): Promise<void> {
    return this.#process.stop(signal);
  }

  /** The role that the server reports: leader or follower. */
  role(database: string): string | undefined {
    const status = execFileSync(
      'ovs-appctl',
      ['-t', join(this.directory, 'ctl'), 'cluster/status', database],
      { encoding: 'utf8' },
    );
    return /^Role: (.*)$/m.exec(status)?.[1];
  }

  /**
   * Disconnects the server from the others, or connects it again. Clients still reach it by its unix socket.
   */
  isolate(isolated: boolean): void {
    execFileSync('ip', ['-n', this.netns, 'link', 'set', 'eth0', isolated ? 'down' : 'up']);
  }
}

/** A RAFT cluster of three servers. A bridge in another namespace connects them. */
export class Cluster implements AsyncDisposable {
  readonly nodes: readonly Node[];
  readonly #directory = mkdtempSync(join(tmpdir(), 'ovsdb-raft-'));
  readonly #switch = `ovsdb-t${process.pid}-sw`;
  readonly #schemaName: string;
  /** The namespaces to delete at the end. */
  readonly #namespaces: string[] = [];

  private constructor(schemaName: string) {
    this.#schemaName = schemaName;
    this.nodes = [1, 2, 3].map(
      (n) => new Node(join(this.#directory, `${n}`), `ovsdb-t${process.pid}-${n}`, `10.99.0.${n}`),
    );
  }

  static async start(schema: { name: string }): Promise<Cluster> {
    const cluster = new Cluster(schema.name);
    try {
      await cluster.#form(schema);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #form(schema: { name: string }): Promise<void> {
    this.#joinByBridge();
    const file = join(this.#directory, 'schema');
    writeFileSync(file, JSON.stringify(schema));
    const [first, ...others] = this.nodes;
    if (!first) throw new Error('a cluster has nodes');
    execFileSync('ovsdb-tool', ['create-cluster', first.database, file, first.raftAddress]);
    await first.start();
    for (const node of others) {
      execFileSync('ovsdb-tool', [
        'join-cluster',
        node.database,
        schema.name,
        node.raftAddress,
        first.raftAddress,
      ]);
      await node.start();
    }
    await Promise.all(this.nodes.map((node) => this.#whenConnected(node)));
  }

  get remotes(): string[] {
    return this.nodes.map(({ remote }) => remote);
  }

  /** Waits until one of these nodes is the leader. */
  async leader(nodes: readonly Node[] = this.nodes): Promise<Node> {
    await using client = await connect({
      remotes: nodes.map(({ remote }) => remote),
      leaderOnly: true,
      waitForServer: true,
      backoff: { minMs: 20, maxMs: 100 },
    });
    const leader = nodes.find(({ remote }) => remote === client.remote);
    if (!leader) throw new Error('the leader is one of the nodes');
    return leader;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop('SIGKILL')));
    for (const netns of this.#namespaces) execFileSync('ip', ['netns', 'del', netns]);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #joinByBridge(): void {
    const ip = (...args: string[]) => execFileSync('ip', args);
    const addNamespace = (name: string) => {
      ip('netns', 'add', name);
      this.#namespaces.push(name);
    };
    addNamespace(this.#switch);
    ip('-n', this.#switch, 'link', 'add', 'name', 'switch', 'type', 'bridge');
    ip('-n', this.#switch, 'link', 'set', 'switch', 'up');
    this.nodes.forEach(({ netns, address }, index) => {
      addNamespace(netns);
      ip(
        '-n',
        this.#switch,
        'link',
        'add',
        `p${index}`,
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        netns,
      );
      ip('-n', this.#switch, 'link', 'set', `p${index}`, 'master', 'switch', 'up');
      ip('-n', netns, 'link', 'set', 'lo', 'up');
      ip('-n', netns, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', netns, 'link', 'set', 'eth0', 'up');
    });
  }

  /** Waits until the server has joined the cluster. It serves `_Server` even before. */
  async #whenConnected({ remote }: Node): Promise<void> {
    await using client = await connect({ remotes: remote, waitForServer: true, database: '_Server' });
    await using server = await openReplica(client, parseSchema<{ Database: Row }>(serverSchema), {
      Database: '*',
    });
    await server.until((r) => r.find('Database', { name: this.#schemaName })[0]?.['connected'] === true);
  }
}
