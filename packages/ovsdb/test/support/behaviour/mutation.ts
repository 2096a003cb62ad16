import { beforeEach, describe, expect, it } from 'vitest';
import {
  ConstraintViolationError,
  DomainError,
  OutOfRangeError,
  OvsdbOperationError,
} from '../../../src/index.ts';
import type { Subject } from './subject.ts';

/** Update, mutate, select. */
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

    it('computes', async () => {
      const mutate = (...mutations: [string, string, never][]) =>
        subject.transact({ op: 'mutate', table: 'Root', where: [['name', '==', 'm']], mutations });
      await mutate(['number', '*=', 2 as never], ['number', '-=', 1 as never], ['number', '/=', 2 as never]);
      expect(subject.root('m').number).toBe(49);
      await mutate(['number', '%=', 10 as never], ['tags', '+=', 5 as never]);
      expect(subject.root('m').number).toBe(9);
      expect([...subject.root('m').tags].sort()).toEqual([6, 7]);
      await expect(mutate(['number', '/=', 0 as never])).rejects.toBeInstanceOf(DomainError);
      await expect(
        mutate(['tags', '*=', 9_000_000_000_000_000 as never], ['tags', '*=', 9_000_000 as never]),
      ).rejects.toBeInstanceOf(OutOfRangeError);
      await expect(mutate(['number', '+=', 1000 as never])).rejects.toBeInstanceOf(ConstraintViolationError);
    });

    it('refuses to change what is fixed', async () => {
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
