import { beforeEach, describe, expect, it } from 'vitest';
import {
  ConstraintViolationError,
  DomainError,
  isWaitFailure,
  type Mutations,
  OutOfRangeError,
  OvsdbOperationError,
  type WireValue,
} from '../../../src/index.ts';
import type { TestTables } from '../../generated/test.ts';
import type { Subject } from './subject.ts';

/** Tests update, mutate and conditions. */
export function describeMutation(subject: Subject): void {
  describe('update and mutate', () => {
    beforeEach(async () => {
      await subject.insertRoot('m', {
        number: 50,
        tags: [1, 2],
        words: ['a'],
        ids: { a: '1', b: '2' },
        counts: { 1: 1 },
        mode: 'access',
      });
    });

    it('sets and empties columns', async () => {
      const { counts } = await subject.replica
        .transaction()
        .update('Root', { name: 'm' }, { mode: undefined, number: 1, words: [] })
        .commit();
      expect(counts).toEqual([1]);
      expect(subject.root('m')).toMatchObject({ mode: undefined, number: 1, words: [] });
    });

    it('inserts, deletes and adds', async () => {
      await subject.replica
        .transaction()
        .mutate(
          'Root',
          { name: 'm' },
          {
            insert: { tags: [3], ids: { a: 'not again', c: '3' }, counts: { 2: 2 } },
            delete: { tags: [1], words: ['a', 'missing'], ids: ['b'] },
            add: { number: -8 },
          },
        )
        .commit();
      const after = subject.root('m');
      expect([...after.tags].sort()).toEqual([2, 3]);
      expect(after).toMatchObject({
        words: [],
        ids: { a: '1', c: '3' },
        counts: { 1: 1, 2: 2 },
        number: 42,
      });
      await subject.replica
        .transaction()
        .mutate('Root', after._uuid, { delete: { ids: { a: 'other', c: '3' } } })
        .commit();
      expect(subject.root('m').ids).toEqual({ a: '1' });
      await subject.replica
        .transaction()
        .mutate('Root', after._uuid, { insert: { ids: { a: '9' } }, delete: { ids: ['a'] } })
        .commit();
      expect(subject.root('m').ids).toEqual({ a: '9' });
    });

    it('calculates', async () => {
      const mutate = (change: Mutations<TestTables['Root']>) =>
        subject.replica.transaction().mutate('Root', { name: 'm' }, change).commit();
      await mutate({ subtract: { number: 1 }, multiply: { number: 2 }, divide: { number: 2 } });
      expect(subject.root('m').number).toBe(49);
      await mutate({ remainder: { number: 10 }, add: { tags: 5 } });
      expect(subject.root('m').number).toBe(9);
      expect([...subject.root('m').tags].sort()).toEqual([6, 7]);
      await mutate({ add: { ratio: 1.5 }, multiply: { ratio: -3 }, divide: { ratio: 2 } });
      expect(subject.root('m').ratio).toBe(-2.25);
      await mutate({ subtract: { tags: 13 } });
      expect([...subject.root('m').tags].sort()).toEqual([-6, -7]);
      // The server refuses a result in which two elements become equal.
      await expect(mutate({ divide: { tags: 4 } })).rejects.toBeInstanceOf(ConstraintViolationError);
      await mutate({ remainder: { tags: 4 } });
      expect([...subject.root('m').tags].sort()).toEqual([-2, -3]);
      await expect(mutate({ divide: { number: 0 } })).rejects.toBeInstanceOf(DomainError);
      await expect(
        mutate({ multiply: { tags: 9_000_000_000_000_000 }, add: { number: 1000 } }),
      ).rejects.toBeInstanceOf(ConstraintViolationError);
      const twice = { op: 'mutate', table: 'Root', where: [] } as const;
      await expect(
        subject.transact({
          ...twice,
          mutations: [
            ['tags', '*=', 9_000_000_000_000_000],
            ['tags', '*=', 9_000_000],
          ],
        }),
      ).rejects.toBeInstanceOf(OutOfRangeError);
    });

    it('refuses arithmetic that does not fit the type of the column', async () => {
      const mutate = (column: string, mutator: string, value: WireValue) =>
        subject.transact({ op: 'mutate', table: 'Root', where: [], mutations: [[column, mutator, value]] });
      await expect(mutate('ratio', '%=', 2)).rejects.toBeInstanceOf(OvsdbOperationError);
      await expect(mutate('name', '+=', 'x')).rejects.toBeInstanceOf(OvsdbOperationError);
    });

    it('changes the _version of a row only when the row changes', async () => {
      const version = async () => {
        const [result] = await subject.transact({
          op: 'select',
          table: 'Root',
          where: [],
          columns: ['_version', '_uuid'],
        });
        return result?.rows?.[0]?.['_version'] as WireValue;
      };
      const before = await version();
      expect(before).not.toEqual(['uuid', subject.root('m')._uuid]);
      const set = (number: number) =>
        subject.transact(
          {
            op: 'wait',
            table: 'Root',
            where: [],
            columns: ['_version'],
            until: '==',
            rows: [{ _version: before }],
            timeout: 0,
          },
          { op: 'update', table: 'Root', where: [], row: { number } },
        );
      await set(50);
      expect(await version()).toEqual(before);
      await set(51);
      expect(await version()).not.toEqual(before);
      await expect(set(52)).rejects.toSatisfy(isWaitFailure);
    });

    it('refuses to change an immutable column', async () => {
      await expect(
        subject.replica.transaction().update('Root', [], { fixed: 'x' }).commit(),
      ).rejects.toBeInstanceOf(OvsdbOperationError);
      expect(subject.root('m').fixed).toBe('');
    });

    it('finds rows by every condition', async () => {
      await subject.insertRoot('n', { number: 51, tags: [2], ids: { a: '1' } });
      const names = async (...where: [string, string, never][]) => {
        const [result] = await subject.transact({ op: 'select', table: 'Root', where, columns: ['name'] });
        return result?.rows?.map((found) => found['name']).sort();
      };
      expect(await names()).toEqual(['m', 'n']);
      expect(await names(['number', '<', 51 as never])).toEqual(['m']);
      expect(await names(['number', '>=', 50 as never], ['number', '<=', 50 as never])).toEqual(['m']);
      expect(await names(['number', '>', 50 as never])).toEqual(['n']);
      expect(await names(['name', '!=', 'm' as never])).toEqual(['n']);
      expect(await names(['tags', '==', 2 as never])).toEqual(['n']);
      expect(await names(['tags', 'includes', ['set', [2]] as never])).toEqual(['m', 'n']);
      expect(await names(['tags', 'excludes', ['set', [1, 9]] as never])).toEqual(['n']);
      expect(await names(['ids', 'includes', ['map', [['b', '2']]] as never])).toEqual(['m']);
      expect(await names(['ids', 'excludes', ['map', [['b', '2']]] as never])).toEqual(['n']);
      expect(await names(['mode', '==', ['set', []] as never])).toEqual(['n']);
      expect(await names(['_uuid', '==', ['uuid', subject.root('m')._uuid] as never])).toEqual(['m']);
    });
  });
}
