import type { Change, NbTables } from '@ovn-docker/ovsdb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FollowedIndex } from './followed-index.ts';
import { idIndexOn } from './row-index.ts';

type Row = NbTables['Logical_Switch'];

/** Rows with the keys in their names. */
const index = idIndexOn('Logical_Switch', (row: Row) => (row.name === '' ? [] : row.name.split(' ')));
const KEYS = ['a', 'b', 'c'] as const;
const UUIDS = ['1', '2', '3', '4'] as const;

/** For some rows, the keys that they have after an update; undefined if the update deletes the row. */
const update = fc.dictionary(
  fc.constantFrom(...UUIDS),
  fc.option(fc.subarray([...KEYS, 'a']), { nil: undefined }),
);
/** What happens to an update, and the number of entries that are removed after it. */
const step = fc.record({ update, takesEffect: fc.boolean(), settled: fc.nat({ max: 4 }) });

test('before, while and after updates take effect, the index shows the rows as they are', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const followed = new FollowedIndex(index);
      const rows = new Map<string, Row>();
      const check = () => {
        for (const key of KEYS) {
          const expected = [...rows.values()].filter((row) => index.keysOf(row).includes(key));
          const found = [...followed.uuids(key)].filter((uuid) => {
            const row = rows.get(uuid);
            return row && (followed.settled || followed.has(row, key));
          });
          expect(found.sort()).toEqual(expected.map(({ _uuid }) => _uuid).sort());
          expect(followed.count(key)).toBe(expected.length);
          if (expected.length > 0) expect(followed.sortedKeys).toContain(key);
        }
        expect(followed.sortedKeys).toEqual([...new Set(followed.sortedKeys)].sort());
        if (!followed.settled) return;
        const keys = [...rows.values()].flatMap((row) => index.keysOf(row));
        expect(followed.sortedKeys).toEqual([...new Set(keys)].sort());
      };
      for (const { update: changed, takesEffect, settled } of steps) {
        while (followed.settleOne()) check();
        const changes = Object.entries(changed).flatMap(([uuid, keys]): Change<NbTables>[] => {
          const old = rows.get(uuid);
          const row = keys && ({ _uuid: uuid, name: keys.join(' ') } as Row);
          return old || row ? [{ table: 'Logical_Switch', uuid, old, new: row } as never] : [];
        });
        for (const change of changes) {
          followed.prepare(change);
          check();
        }
        if (takesEffect) {
          for (const { uuid, new: row } of changes) {
            if (row) rows.set(uuid, row as Row);
            else rows.delete(uuid);
          }
          followed.publish();
        } else followed.cancel();
        check();
        for (let left = settled; left > 0 && followed.settleOne(); left--) check();
      }
    }),
    { numRuns: 100 },
  );
});
