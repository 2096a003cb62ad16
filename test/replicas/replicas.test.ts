import { connect, type NbTables, nbSchema, openReplica } from '@ovn-docker/ovsdb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NbCluster } from '../../packages/embedded-neutron/test/support/nb-cluster.ts';
import { ReplicaProcess } from '../../packages/embedded-neutron/test/support/replica-process.ts';
import { Outcomes, runClients } from './load.ts';

const PORTS = Number(process.env['PORTS'] ?? 10_000);
const CLIENTS = 16;
const BULK = 500;
/** The seconds for which all servers of the database stop. */
const STOPPED = 30;

type Row = NbTables['Logical_Switch_Port'];

/** The values that occur more than once. */
const repeated = (values: readonly string[]): string[] =>
  [...Map.groupBy(values, (value) => value)].flatMap(([value, { length }]) => (length > 1 ? [value] : []));

/** A line of docs/replicas.md. */
const report = (count: number, what: string, value: string) =>
  process.stdout.write(`| ${count} | ${what} | ${value} |\n`);

describe.each([2, 3])('%i replicas on a RAFT cluster of three servers', (count) => {
  let cluster: NbCluster;
  const replicas: ReplicaProcess[] = [];
  const outcomes = new Outcomes();
  let network_id: string;
  let parents: readonly string[];
  let name = 0;

  beforeAll(async () => {
    cluster = await NbCluster.start();
    for (let made = 0; made < count; made++) replicas.push(await ReplicaProcess.start(cluster));
    const [first] = replicas as [ReplicaProcess];
    network_id = (await first.call('POST', 'networks', { network: { name: 'n' } })).network.id;
    const subnet = { network_id, ip_version: 4, cidr: '10.0.0.0/16' };
    await first.call('POST', 'subnets', { subnet });
    const ports = Array.from({ length: 4 }, () => ({ network_id }));
    parents = (await first.call('POST', 'ports', { ports })).ports.map(({ id }: { id: string }) => id);
    for (const replica of replicas) {
      await vi.waitFor(async () => expect(await shows(replica, parents[3] ?? '')).toBe(true));
    }
  });
  afterAll(async () => {
    for (const replica of replicas.splice(0)) await replica[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  /** Every fifth port asks for a VLAN that another client may want at the same time. */
  const attributes = () => {
    const nested = name % 5 === 0;
    const profile = { parent_name: parents[name % 4], tag: 1 + ((name / 10) | 0) };
    return { network_id, ...(nested && { 'binding:profile': profile }) };
  };
  const createNext = (replica: ReplicaProcess) => {
    name += 1;
    return outcomes.create(replica, `p${name}`, attributes());
  };

  test('no acknowledged port is lost while the leader is killed twice', async () => {
    const latencies: number[] = [];
    let done = false;
    const kill = async () => {
      const leader = await cluster.leader();
      await leader.kill();
      await leader.start();
    };
    const killAt = [PORTS / 3, (PORTS * 2) / 3];
    const kills: Promise<void>[] = [];
    const started = performance.now();
    const others = runClients(replicas, CLIENTS, () => {
      if (outcomes.acknowledged.size >= (killAt[0] ?? Number.POSITIVE_INFINITY)) {
        killAt.shift();
        kills.push(kill());
      }
      return outcomes.acknowledged.size < PORTS ? createNext : undefined;
    });
    const sequential = (async () => {
      while (!done) {
        const before = performance.now();
        await createNext(replicas.at(-1) as ReplicaProcess);
        latencies.push(performance.now() - before);
      }
    })();
    const bulk = (async () => {
      await expect.poll(() => outcomes.acknowledged.size > PORTS / 2, { timeout: 600_000 }).toBe(true);
      const ports = Array.from({ length: BULK }, (_, index) => ({ network_id, name: `bulk${index}` }));
      const before = performance.now();
      const answer = await (replicas[0] as ReplicaProcess).request('POST', 'ports', { ports });
      return { answer, seconds: (performance.now() - before) / 1000 };
    })();
    const { answer, seconds } = await bulk;
    await others;
    done = true;
    await sequential;
    await Promise.all(kills);
    const perSecond = (outcomes.acknowledged.size / (performance.now() - started)) * 1000;
    latencies.sort((a, b) => a - b);
    const quantile = (q: number) =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
    report(count, 'ports created by 16 clients', `${outcomes.acknowledged.size}, ${perSecond.toFixed(0)}/s`);
    report(count, 'refused', [...outcomes.refusals].map(([key, times]) => `${times} × ${key}`).join('; '));
    const times = [0.5, 0.99, 1].map((q) => `${quantile(q).toFixed(0)} ms`).join(', ');
    report(count, 'a sequential client: requests, p50, p99, longest', `${latencies.length}, ${times}`);
    report(count, `a bulk of ${BULK}`, `${seconds.toFixed(1)} s`);
    expect(kills).toHaveLength(2);
    expect([answer.status, answer.body.ports?.length]).toEqual([201, BULK]);
    for (const { name: bulkName, id } of answer.body.ports) outcomes.acknowledged.set(bulkName, id);
    await expectConsistent();
    expect(quantile(0.99)).toBeLessThanOrEqual(1000);
  });

  test('while the database does not answer, writes are refused in time, and nothing of them appears', async () => {
    const before = outcomes.refused.size;
    let stopped = false;
    // Their last requests are under way when the servers stop. The replicas find out what became of them.
    const surprised = runClients(replicas, 12, () => (stopped ? undefined : createNext));
    await createNext(replicas[0] as ReplicaProcess);
    cluster.signal('SIGSTOP');
    stopped = true;
    const until = performance.now() + STOPPED * 1000;
    let longest = 0;
    const writers = runClients(replicas, 12, () =>
      performance.now() < until - 6_000
        ? async (replica) => {
            const asked = performance.now();
            const isCreated = await createNext(replica);
            if (!isCreated) longest = Math.max(longest, performance.now() - asked);
          }
        : undefined,
    );
    await expect
      .poll(async () => (await readFirst()).headers, { timeout: (STOPPED - 5) * 1000 })
      .toHaveProperty('warning');
    await new Promise((resolve) => setTimeout(resolve, until - performance.now()));
    cluster.signal('SIGCONT');
    await Promise.all([writers, surprised]);
    report(
      count,
      `writes refused while the database stopped for ${STOPPED} s; longest answer`,
      `${outcomes.refused.size - before}; ${(longest / 1000).toFixed(1)} s`,
    );
    const back = performance.now();
    for (const replica of replicas)
      await expect.poll(() => createNext(replica), { timeout: 30_000 }).toBe(true);
    report(count, 'writes succeed again after', `${((performance.now() - back) / 1000).toFixed(1)} s`);
    expect(outcomes.refused.size).toBeGreaterThan(before);
    await expectConsistent();
  });

  /** Reads a port on the first replica. */
  const readFirst = () => (replicas[0] as ReplicaProcess).request('GET', `ports/${parents[0]}`);

  async function shows(replica: ReplicaProcess, id: string): Promise<boolean> {
    return (await replica.request('GET', `ports/${id}`)).status === 200;
  }

  /** Compares the database and all replicas with what the service has answered. */
  async function expectConsistent(): Promise<void> {
    await using client = await connect({ remotes: cluster.remote, leaderOnly: true });
    await using nb = await openReplica(client, nbSchema, {
      Logical_Switch_Port: ['name', 'parent_name', 'tag', 'external_ids'],
      Logical_Switch: ['ports'],
    });
    const rows = [...nb.rows('Logical_Switch_Port').values()];
    const nameOf = (row: Row) => row.external_ids['neutron:port_name'] ?? '';
    const named = rows.filter((row) => nameOf(row) !== '');
    const expected = [...outcomes.acknowledged];
    const found = new Map(named.map((row) => [nameOf(row), row.name]));
    expect(repeated(named.map(nameOf))).toEqual([]);
    expect(expected.filter(([key, id]) => found.get(key) !== id)).toEqual([]);
    const ghosts = [...found.keys()].filter((key) => !outcomes.acknowledged.has(key));
    expect(ghosts.filter((key) => !outcomes.unknown.has(key))).toEqual([]);
    const values = (read: (row: Row) => string | undefined) => rows.flatMap((row) => read(row) ?? []);
    expect(repeated(values((row) => row.external_ids['neutron:fixed_ips']))).toEqual([]);
    expect(repeated(values((row) => row.external_ids['neutron:mac_address']))).toEqual([]);
    expect(repeated(values((row) => row.external_ids['neutron:quota_place']))).toEqual([]);
    expect(
      repeated(values((row) => (row.tag === undefined ? undefined : `${row.parent_name} ${row.tag}`))),
    ).toEqual([]);
    expect([...nb.rows('Logical_Switch').values()].map(({ ports }) => ports.length)).toEqual([rows.length]);
    const ids = rows.map((row) => row.name).sort();
    for (const replica of replicas) await expect.poll(() => idsOf(replica), { timeout: 10_000 }).toEqual(ids);
  }

  async function idsOf(replica: ReplicaProcess): Promise<string[]> {
    const ids: string[] = [];
    for (let size = Number.POSITIVE_INFINITY; size > 0; ) {
      const { ports } = await replica.call('GET', `ports?fields=id&limit=1000&marker=${ids.at(-1) ?? ''}`);
      ids.push(...ports.map(({ id }: { id: string }) => id));
      size = ports.length;
    }
    return ids;
  }
});
