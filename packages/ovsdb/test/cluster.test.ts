import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  connect,
  type OvsdbClient,
  openReplica,
  parseSchema,
  type Replica,
  type Row,
  Transaction,
} from '../src/index.ts';
import { Cluster } from './support/cluster.ts';
import { contentOf, dump } from './support/content.ts';
import { logJson as json, type LogTables, logSchema as schema, Writer } from './support/log-writer.ts';
import { type ServerProxy, startProxy } from './support/proxy.ts';

/** The same schema, with loose types. */
const loose = parseSchema<Record<string, Row>>(json);
const all = { Log: '*', Detail: '*' } as const;
const backoff = { minMs: 20, maxMs: 200 };

describe('a RAFT cluster of three', () => {
  let cluster: Cluster;
  let writing: OvsdbClient;
  let reading: OvsdbClient;
  let replica: Replica<LogTables>;
  /** One proxy for each server, for the clients that connect by TCP. */
  let proxies: ServerProxy[];
  let distant: OvsdbClient;
  let writers: Writer[];
  let round = 0;

  beforeAll(async () => {
    cluster = await Cluster.start(json);
    writing = await connect({ remotes: cluster.remotes, leaderOnly: true, backoff, offlineWaitMs: 30_000 });
    reading = await connect({ remotes: cluster.remotes, backoff });
    replica = await openReplica(reading, schema, all, { indexes: { Log: ['name'] } });
    proxies = await Promise.all(cluster.remotes.map((remote) => startProxy(remote, { tcp: true })));
    distant = await connect({
      remotes: proxies.map(({ remote }) => remote),
      leaderOnly: true,
      backoff,
      offlineWaitMs: 30_000,
      probeIntervalMs: 500,
      connectTimeoutMs: 500,
    });
  });
  afterAll(async () => {
    await Promise.all([writing?.close(), reading?.close(), distant?.close()]);
    await Promise.all(proxies?.map((proxy) => proxy[Symbol.asyncDispose]()) ?? []);
    await cluster?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    round++;
    writers = [new Writer(writing, `near${round}`), new Writer(distant, `far${round}`)];
    // Also after a test that failed: its writers would change what the next test compares.
    return async () => {
      await Promise.all(writers.map((writer) => writer.stop()));
    };
  });

  it('a client with leaderOnly uses the leader', async () => {
    await waitForProgress();
    expect(
      cluster.nodes.filter((node) => node.role('Test') === 'leader').map(({ remote }) => remote),
    ).toEqual([writing.remote]);
    const others = cluster.nodes
      .filter(({ remote }) => remote !== writing.remote)
      .map(({ remote }) => remote);
    await expect(connect({ remotes: others, leaderOnly: true })).rejects.toThrow('not the leader');
    await using anywhere = await connect({ remotes: others });
    expect(others).toContain(anywhere.remote);
    await checkConsistency();
  });

  it('writers and reader continue after the leader is killed with SIGKILL and started again', async () => {
    await waitForProgress();
    const leader = await cluster.leader();
    await leader.stop('SIGKILL');
    await waitForProgress();
    await leader.start();
    await waitForProgress();
    await checkConsistency();
    expect(writing.remote).not.toBe(leader.remote);
  });

  it('writers and reader continue after the leader loses its network and gets it back', async () => {
    await waitForProgress();
    const leader = await cluster.leader();
    leader.isolate(true);
    await cluster.leader(cluster.nodes.filter((node) => node !== leader));
    await waitForProgress();
    leader.isolate(false);
    await waitForProgress();
    await checkConsistency();
    expect(writing.remote).not.toBe(leader.remote);
  });

  it('a reader goes to another server when its server is disconnected from the cluster', async () => {
    await waitForProgress();
    const node = cluster.nodes.find(({ remote }) => remote === reading.remote) ?? expect.unreachable();
    node.isolate(true);
    await new Promise<void>((resolve) => reading.on('connected', () => resolve()));
    expect(reading.remote).not.toBe(node.remote);
    await waitForProgress();
    node.isolate(false);
    await checkConsistency();
  });

  it('a writer reconnects when it no longer receives from its server', async () => {
    await waitForProgress();
    // All of them, because an election could move the writer to another server.
    for (const proxy of proxies) proxy.deaf = true;
    await expect.poll(() => writers[1]?.unknown, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
    for (const proxy of proxies) proxy.deaf = false;
    await waitForProgress();
    await checkConsistency();
  });

  it('writers and reader continue after all three servers restart at once', async () => {
    await waitForProgress();
    await Promise.all(cluster.nodes.map((node) => node.stop('SIGKILL')));
    expect(replica.rows('Log').size).toBeGreaterThan(0);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await waitForProgress();
    await checkConsistency();
  });

  it('writers and reader continue during an online upgrade of the schema', async () => {
    await waitForProgress();
    const leader = await cluster.leader();
    const file = join(leader.directory, 'new.ovsschema');
    const { Log } = json.tables;
    const columns = { ...Log.columns, note: { type: { key: 'string', min: 0, max: 1 } } };
    const newer = { ...json, version: '1.1.0', tables: { ...json.tables, Log: { ...Log, columns } } };
    writeFileSync(file, JSON.stringify(newer));
    // The writers and the reader continue during the conversion.
    const converting = promisify(execFile)('ovsdb-client', ['-t', '30', 'convert', leader.remote, file]);
    await Promise.all([converting, waitForProgress()]);
    await waitForProgress();
    await checkConsistency();
    const server = await reading.getSchema('Test');
    expect(server.version).toBe('1.1.0');
    // A program whose schema has the new column can use it at once.
    const upgraded = parseSchema<{ Log: LogTables['Log'] & { note: string | undefined } }>(newer);
    await using replicaOfNewer = await openReplica(writing, upgraded, { Log: '*' });
    const t = replicaOfNewer.transaction();
    const { uuid } = await t.update('Log', [], { note: 'seen' }).commit();
    expect(uuid).toBeTypeOf('function');
    expect([...replicaOfNewer.rows('Log').values()].every(({ note }) => note === 'seen')).toBe(true);
  });

  it('a reader that lost its connection receives only what it missed', async () => {
    // Only rows of this test: the writers write as much as the machine allows.
    await Promise.all(writers.map((writer) => writer.stop()));
    await using proxy = await startProxy((await cluster.leader()).remote);
    const insert = (name: string, count: number) => {
      const t = new Transaction(schema, writing);
      for (let i = 0; i < count; i++) t.insert('Log', { name: `${name}-${i}` });
      return t.commit();
    };
    await insert('bulk', 2000);
    await using client = await connect({ remotes: proxy.remote, backoff });
    const loading = proxy.bytes;
    await using away = await openReplica(client, schema, { Log: '*' });
    const loaded = proxy.bytes - loading;
    const missing = proxy.bytes;
    const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    proxy.drop();
    await disconnected;
    await insert('missed', 100);
    await away.until(
      (r) =>
        r.synchronized &&
        r
          .rows('Log')
          .values()
          .some(({ name }) => name === 'missed-99'),
    );
    expect(proxy.bytes - missing).toBeLessThan(loaded / 4);
    await checkConsistency();
    await away.until((r) => r.rows('Log').size === replica.rows('Log').size);
  });

  /** Waits until each writer has ten more permanent rows and the reader shows the last of them. */
  async function waitForProgress(): Promise<void> {
    const goals = writers.map(({ permanentRows }) => permanentRows.length + 10);
    const names = await replica.until(
      () =>
        writers.every(({ permanentRows }, n) => permanentRows.length > (goals[n] ?? 0)) &&
        writers.map(({ permanentRows }) => permanentRows.at(-1)),
      { timeoutMs: 60_000 },
    );
    await replica.until((r) => names.every((name = '') => r.find('Log', { name })[0]), { timeoutMs: 60_000 });
  }

  /** Stops the writers. Checks that the reader shows the server's content and that each outcome is true. */
  async function checkConsistency(): Promise<void> {
    await Promise.all(writers.map((writer) => writer.stop()));
    const last = await new Transaction(schema, writing).comment('last').commit();
    expect(last.counts).toEqual([0]);
    const leader = await cluster.leader();
    const expected = await dump(leader.remote, loose);
    const shown = () => contentOf(replica as unknown as Replica<Record<string, Row>>, loose);
    await replica
      .until((r) => r.synchronized && isDeepStrictEqual(shown(), expected), { timeoutMs: 60_000 })
      .catch(() => undefined);
    expect(shown()).toEqual(expected);
    const rows = Map.groupBy(replica.rows('Log').values(), ({ name }) => name);
    expect(writers.flatMap((writer) => writer.faults(rows))).toEqual([]);
  }
});
