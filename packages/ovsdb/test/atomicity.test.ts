import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connect, openReplica, Transaction } from '../src/index.ts';
import { type TestTables, testSchema } from './generated/test.ts';
import { startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

const ROWS = 8_000;

it('a reader that looks in every turn of the event loop never sees half of a large transaction', async () => {
  await using server = await startServer({ schemas: [json] });
  await using writer = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  await using client = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  await using replica = await openReplica(client, testSchema, { Root: ['name', 'number'] });
  /**
   * The states that the turns of the event loop see: the number of rows, and the values of their `number`
   * column.
   */
  const states = new Set<string>();
  let turns = 0;
  const look = async (until: string) => {
    for (let state = ''; state !== until; turns++) {
      const rows = [...replica.rows('Root').values()];
      state = `${rows.length} rows of ${[...new Set(rows.map(({ number }) => number))]}`;
      states.add(state);
      await nextTurn();
    }
  };
  const commit = async (fill: (t: Transaction<TestTables>) => void, until: string) => {
    const t = new Transaction(testSchema, writer);
    fill(t);
    const from = turns;
    await Promise.all([t.commit(), look(until)]);
    // The replica took several turns for the update, so a half-applied state would have been seen.
    expect(turns - from).toBeGreaterThan(3);
  };
  await commit((t) => {
    for (let n = 0; n < ROWS; n++) t.insert('Root', { name: `${n}`, number: 1 });
  }, `${ROWS} rows of 1`);
  await commit((t) => t.update('Root', [], { number: 2 }), `${ROWS} rows of 2`);
  await commit((t) => t.delete('Root', []), '0 rows of ');
  expect([...states]).toEqual(['0 rows of ', `${ROWS} rows of 1`, `${ROWS} rows of 2`]);
});

it('a request is sent after those that the caller made before, however long they are', async () => {
  await using server = await startServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  const long = new Transaction(testSchema, client);
  for (let n = 0; n < ROWS; n++) long.insert('Root', { name: `${n}` });
  const short = new Transaction(testSchema, client);
  const all = short.select('Root', []);
  const [, result] = await Promise.all([long.commit(), short.commit()]);
  expect(result.rows(all)).toHaveLength(ROWS);
});

it('the preparation of an update ends before the update takes effect', async () => {
  await using server = await startServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  const seen: unknown[] = [];
  replica.prepare(function* (changes) {
    for (let turn = performance.now() + 30; performance.now() < turn; ) yield;
    seen.push(changes, replica.rows('Root').size);
  });
  replica.on('change', (changes) => seen.push(changes, replica.rows('Root').size));
  const t = replica.transaction();
  t.insert('Root', { name: 'a' });
  await t.commit();
  const [prepared, before, changed, after] = seen;
  expect(changed).toBe(prepared);
  expect([before, after]).toEqual([0, 1]);
});

it('the preparation of an update returns early when the replica is closed', async () => {
  await using server = await startServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  replica.prepare(function* () {
    began.resolve();
    try {
      for (;;) yield;
    } finally {
      ended.resolve();
    }
  });
  const t = replica.transaction();
  t.insert('Root', { name: 'a' });
  const committed = t.commit();
  await began.promise;
  await replica.close();
  await ended.promise;
  await committed;
  expect(replica.rows('Root').size).toBe(0);
});
