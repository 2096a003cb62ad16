import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  connect,
  isWaitFailure,
  type OvsdbClient,
  OvsdbConnectionError,
  OvsdbOutcomeUnknownError,
  openReplica,
  parseSchema,
  type Replica,
  Transaction,
  type Uuid,
} from '../src/index.ts';
import { Cluster } from './support/cluster.ts';
import { startProxy } from './support/proxy.ts';

interface Tables {
  readonly Log: { readonly _uuid: Uuid; readonly name: string };
}

/** No index on the name: a transaction that takes effect twice must not go unseen. */
const json = {
  name: 'Test',
  version: '1.0.0',
  tables: { Log: { isRoot: true, columns: { name: { type: 'string' } } } },
};
const schema = parseSchema<Tables>(json);
const backoff = { minMs: 20, maxMs: 200 };

/** Inserts one row after the other until it is told to stop, and keeps account. */
class Writer {
  readonly acknowledged: string[] = [];
  readonly unknown: string[] = [];
  readonly #client: OvsdbClient;
  readonly #prefix: string;
  #stopping = false;
  readonly #finished: Promise<void>;

  constructor(client: OvsdbClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#finished = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#finished;
  }

  async #run(): Promise<void> {
    for (let n = 0; !this.#stopping; n++) {
      const name = `${this.#prefix}-${n}`;
      const t = new Transaction(schema, this.#client);
      t.insert('Log', { name });
      try {
        await t.commit();
        this.acknowledged.push(name);
      } catch (error) {
        if (error instanceof OvsdbOutcomeUnknownError) this.unknown.push(name);
        else if (!(error instanceof OvsdbConnectionError) && !isWaitFailure(error)) throw error;
      }
    }
  }
}

describe('a RAFT cluster of three', () => {
  let cluster: Cluster;
  let writing: OvsdbClient;
  let reading: OvsdbClient;
  let replica: Replica<Tables>;
  let writer: Writer;
  let round = 0;

  beforeAll(async () => {
    cluster = await Cluster.start(json);
    writing = await connect({ remotes: cluster.remotes, leaderOnly: true, backoff, offlineWaitMs: 30_000 });
    reading = await connect({ remotes: cluster.remotes, backoff });
    replica = await openReplica(reading, schema, { Log: '*' });
  });
  afterAll(async () => {
    await Promise.all([writing?.close(), reading?.close()]);
    await cluster?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    writer = new Writer(writing, `round${round++}`);
  });

  it('a client that wants the leader has it', async () => {
    await progress();
    expect(
      cluster.nodes.filter((node) => node.role('Test') === 'leader').map(({ remote }) => remote),
    ).toEqual([writing.remote]);
    const others = cluster.nodes
      .filter(({ remote }) => remote !== writing.remote)
      .map(({ remote }) => remote);
    await expect(connect({ remotes: others, leaderOnly: true })).rejects.toThrow('not the leader');
    await using anywhere = await connect({ remotes: others });
    expect(others).toContain(anywhere.remote);
    await settle();
  });

  it('leader killed with -9, and brought back', async () => {
    await progress();
    const leader = await cluster.leader();
    await leader.stop('SIGKILL');
    await progress();
    await leader.start();
    await progress();
    await settle();
    expect(writing.remote).not.toBe(leader.remote);
  });

  it('leader cut off from the others, and joined again', async () => {
    await progress();
    const leader = await cluster.leader();
    leader.isolate(true);
    await cluster.leader(cluster.nodes.filter((node) => node !== leader));
    await progress();
    leader.isolate(false);
    await progress();
    await settle();
    expect(writing.remote).not.toBe(leader.remote);
  });

  it('the node that the reader uses cut off: the reader goes to another', async () => {
    await progress();
    const node = cluster.nodes.find(({ remote }) => remote === reading.remote) ?? expect.unreachable();
    node.isolate(true);
    await new Promise<void>((resolve) => reading.on('connected', () => resolve()));
    expect(reading.remote).not.toBe(node.remote);
    await progress();
    node.isolate(false);
    await settle();
  });

  it('all three restarted at once', async () => {
    await progress();
    await Promise.all(cluster.nodes.map((node) => node.stop('SIGKILL')));
    expect(replica.rows('Log').size).toBeGreaterThan(0);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await progress();
    await settle();
  });

  it('schema upgraded online', async () => {
    await progress();
    const leader = await cluster.leader();
    const file = join(leader.directory, 'new.ovsschema');
    const columns = { name: { type: 'string' }, note: { type: { key: 'string', min: 0, max: 1 } } };
    writeFileSync(
      file,
      JSON.stringify({ ...json, version: '1.1.0', tables: { Log: { isRoot: true, columns } } }),
    );
    execFileSync('ovsdb-client', ['-t', '30', 'convert', leader.remote, file]);
    await progress();
    await settle();
    const server = await reading.getSchema('Test');
    expect(server.version).toBe('1.1.0');
    // A program that knows the new column uses it at once.
    const upgraded = parseSchema<{ Log: Tables['Log'] & { note: string | undefined } }>({
      ...json,
      tables: { Log: { isRoot: true, columns } },
    });
    await using newer = await openReplica(writing, upgraded, { Log: '*' });
    const t = newer.transaction();
    const { uuid } = await t.update('Log', [], { note: 'seen' }).commit();
    expect(uuid).toBeTypeOf('function');
    expect([...newer.rows('Log').values()].every(({ note }) => note === 'seen')).toBe(true);
  });

  it('a reader that lost its connection is sent only what it missed', async () => {
    await using proxy = await startProxy((await cluster.leader()).remote);
    const t = new Transaction(schema, writing);
    for (let i = 0; i < 2000; i++) t.insert('Log', { name: `bulk-${i}` });
    await t.commit();
    await using client = await connect({ remotes: proxy.remote, backoff });
    const loading = proxy.bytes;
    await using away = await openReplica(client, schema, { Log: '*' });
    const loaded = proxy.bytes - loading;
    const missing = proxy.bytes;
    const gone = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    proxy.drop();
    await gone;
    await progress();
    await away.until((r) => r.synchronized);
    expect(proxy.bytes - missing).toBeLessThan(loaded / 4);
    await settle();
    await away.until((r) => r.rows('Log').size === replica.rows('Log').size);
  });

  /** Waits until ten more transactions were acknowledged and the reader has seen the last. */
  async function progress(): Promise<void> {
    const from = writer.acknowledged.length;
    const name = await replica.until(() => writer.acknowledged[from + 10], { timeoutMs: 60_000 });
    await replica.until((r) => r.find('Log', { name })[0], { timeoutMs: 60_000 });
  }

  /** The writer stops; then the reader must show what the server has, and that each acknowledged row is there once. */
  async function settle(): Promise<void> {
    await writer.stop();
    const last = await new Transaction(schema, writing).comment('last').commit();
    expect(last.counts).toEqual([0]);
    const leader = await cluster.leader();
    const dump = dumpNames(leader.remote);
    await replica.until((r) => r.synchronized && r.rows('Log').size === dump.length, { timeoutMs: 60_000 });
    expect(Array.from(replica.rows('Log').values(), ({ name }) => name).sort()).toEqual(dump);
    const counts = Map.groupBy(dump, (name) => name);
    expect(writer.acknowledged.filter((name) => counts.get(name)?.length !== 1)).toEqual([]);
    expect(writer.unknown.filter((name) => (counts.get(name)?.length ?? 0) > 1)).toEqual([]);
  }

  function dumpNames(remote: string): string[] {
    const text = execFileSync('ovsdb-client', ['--format=json', 'dump', remote, 'Test', 'Log', 'name'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return (JSON.parse(text) as { data: string[][] }).data.map(([name = '']) => name).sort();
  }
});
