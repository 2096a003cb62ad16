import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connect, openReplica, Transaction } from '../src/index.ts';
import { type TestTables, testSchema } from './generated/test.ts';
import { startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

const ROWS = 8_000;

it('a reader that looks at every turn never sees half of a transaction, however big', async () => {
  await using server = await startServer({ schemas: [json] });
  await using writer = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  await using client = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  await using replica = await openReplica(client, testSchema, { Root: ['name', 'number'] });
  /** What each turn of the event loop finds: number of rows, and which numbers they hold. */
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
    // Applied in slices, so that there was something to see between.
    expect(turns - from).toBeGreaterThan(3);
  };
  await commit((t) => {
    for (let n = 0; n < ROWS; n++) t.insert('Root', { name: `${n}`, number: 1 });
  }, `${ROWS} rows of 1`);
  await commit((t) => t.update('Root', [], { number: 2 }), `${ROWS} rows of 2`);
  await commit((t) => t.delete('Root', []), '0 rows of ');
  expect([...states]).toEqual(['0 rows of ', `${ROWS} rows of 1`, `${ROWS} rows of 2`]);
});
