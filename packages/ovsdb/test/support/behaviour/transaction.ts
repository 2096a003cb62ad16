import { describe, expect, it } from 'vitest';
import {
  AbortedError,
  isWaitFailure,
  type Operation,
  type OvsdbOperationError,
  type Where,
} from '../../../src/index.ts';
import type { TestTables } from '../../generated/test.ts';
import type { Subject } from './subject.ts';

/** Atomicity, wait, abort. */
export function describeTransaction(subject: Subject): void {
  describe('a transaction', () => {
    it('is all or nothing, and says what failed', async () => {
      const t = subject.replica.transaction();
      t.insert('Root', { name: 'x' });
      t.insert('Root', { name: 'y', number: 1000 });
      t.comment('never');
      const error = await t.commit().catch((thrown: unknown) => thrown as OvsdbOperationError);
      expect(error).toMatchObject({
        code: 'constraint violation',
        index: 1,
        operation: { op: 'insert', table: 'Root' },
      });
      expect(subject.replica.rows('Root').size).toBe(0);
    });

    it('guards itself by wait', async () => {
      await subject.insertRoot('g', { number: 1, ids: { a: '1' } });
      const set = (expected: number) =>
        subject.replica
          .transaction()
          .wait('Root', { name: 'g' }, { number: expected })
          .update('Root', { name: 'g' }, { number: expected + 1 })
          .commit();
      await set(1);
      const failure = await set(1).catch((thrown: unknown) => thrown);
      expect(isWaitFailure(failure)).toBe(true);
      expect(subject.root('g').number).toBe(2);
      await subject.replica.transaction().expectMissing('Root', { name: 'h' }).commit();
      await expect(
        subject.replica.transaction().expectMissing('Root', { name: 'g' }).commit(),
      ).rejects.toSatisfy(isWaitFailure);
      await expect(
        subject.replica
          .transaction()
          .expectMissing('Root', { ids: { a: '1' } })
          .commit(),
      ).rejects.toSatisfy(isWaitFailure);
      await expect(
        subject.replica.transaction().wait('Root', { name: 'none' }, { number: 1 }).commit(),
      ).rejects.toSatisfy(isWaitFailure);
    });

    it('guards itself by what must not be: all rows having these values', async () => {
      await subject.insertRoot('g', { number: 1 });
      await subject.insertRoot('h', { number: 2 });
      const guard = (where: Where<TestTables['Root']>, number: number) =>
        subject.replica.transaction().wait('Root', where, { number }, { until: '!=' }).commit();
      await expect(guard({ name: 'g' }, 1)).rejects.toSatisfy(isWaitFailure);
      await guard({ name: 'g' }, 2);
      // One row that differs, or no row at all, is enough.
      await guard([], 1);
      await guard({ name: 'none' }, 1);
    });

    it('waits for others, and can be cancelled', async () => {
      const wait: Operation = {
        op: 'wait',
        table: 'Root',
        where: [],
        columns: ['name'],
        until: '==',
        rows: [{ name: 'later' }],
      };
      const waiting = subject.transact(wait);
      await subject.insertRoot('later');
      await waiting;
      const abort = new AbortController();
      const never = subject.client.transact('Test', [{ ...wait, rows: [{ name: 'never' }] }], {
        signal: abort.signal,
      });
      abort.abort(new Error('enough'));
      await expect(never).rejects.toThrow('enough');
    });

    it('can be aborted from inside', async () => {
      await expect(
        subject.transact({ op: 'insert', table: 'Root', row: { name: 'x' } }, { op: 'abort' }),
      ).rejects.toBeInstanceOf(AbortedError);
      expect(subject.replica.rows('Root').size).toBe(0);
    });

    it('that is empty does nothing', async () => {
      expect((await subject.replica.transaction().commit()).counts).toEqual([]);
    });
  });
}
