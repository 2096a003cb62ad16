import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startNorthbound } from '../../test/support/northbound.ts';
import { openEngines } from '../../test/support/replicas.ts';
import type { Northbound } from './northbound.ts';
import { idIndexOn, indexOn, present } from './row-index.ts';
import { eachRow } from './view.ts';

const ROWS = 2_000;
const ids = idIndexOn('Logical_Switch', (row) => [row.name]);
const byKind = indexOn('Logical_Switch', (row) => present(row.external_ids['kind']));
const rows = { columns: { Logical_Switch: ['name', 'external_ids'] }, indexes: [ids, byKind] } as const;
const FULL = `${ROWS}/${ROWS}/${ROWS}`;
const named = (number: number) => ({ name: `ls${String(number).padStart(4, '0')}` });

test('a reader that looks in every turn of the event loop never sees half of an update of thousands of rows', async () => {
  await using nb = await startNorthbound();
  await using open = await openEngines(nb, 2, [rows]);
  const [writer, reader] = open.engines as [Northbound, Northbound];
  const states = new Set<string>();
  let turns = 0;
  const look = async (until: string) => {
    for (let state = ''; state !== until; turns++) {
      const kinds = ['x', 'y'].map(
        (kind) =>
          `${reader.view.count(byKind, kind)}/${reader.view.find(byKind, kind).length}/${[...eachRow(reader.view, byKind, kind)].length}`,
      );
      const listed = reader.sortedKeys(ids).filter((id) => reader.view.find(ids, id).length > 0);
      state = `${kinds.join(' ')} ${listed.length}`;
      states.add(state);
      await nextTurn();
    }
  };
  const change = async (
    step: (tx: Parameters<Parameters<Northbound['change']>[0]>[0]) => Generator<void, void>,
    until: string,
  ) => {
    const before = turns;
    await Promise.all([writer.change(step), look(until)]);
    // Otherwise the reader had no chance to see a part of the update.
    expect(turns - before).toBeGreaterThan(3);
  };
  const [none, x, y] = [`0/0/0 0/0/0 0`, `${FULL} 0/0/0 ${ROWS}`, `0/0/0 ${FULL} ${ROWS}`];
  await change(function* (tx) {
    for (let number = 0; number < ROWS; number++) {
      tx.insert('Logical_Switch', { ...named(number), external_ids: { kind: 'x' } });
      yield;
    }
  }, x);
  await change(function* (tx) {
    for (const row of eachRow(writer.view, byKind, 'x')) {
      tx.update('Logical_Switch', row._uuid, { external_ids: { kind: 'y' } });
      yield;
    }
  }, y);
  await change(function* (tx) {
    for (const row of eachRow(writer.view, byKind, 'y')) {
      tx.delete('Logical_Switch', row._uuid);
      yield;
    }
  }, none);
  expect([...states]).toEqual([none, x, y]);
});
