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

/** Tests atomicity, wait, abort and select. */
export function describeTransaction(subject: Subject): void {
  describe('a transaction', () => {
    it('takes effect as a whole or not at all, and reports the failed operation', async () => {
      const t = subject.replica.transaction();
      t.insert('Root', { name: 'x', number: 100 });
      // Only the server can find out what a calculation results in.
      t.mutate('Root', { name: 'x' }, { add: { number: 1 } });
      t.comment('never');
      const error = await t.commit().catch((thrown: unknown) => thrown as OvsdbOperationError);
      expect(error).toMatchObject({
        code: 'constraint violation',
        index: 1,
        operation: { op: 'mutate', table: 'Root' },
      });
      expect(subject.replica.rows('Root').size).toBe(0);
    });

    it('fails when a wait guard does not hold', async () => {
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

    it('fails unless the expected row is present and has the pairs', async () => {
      await subject.insertRoot('p', { ids: { a: '1', b: '2', c: '3' } });
      const { _uuid } = subject.root('p');
      const guard = (uuid: string, ids: Readonly<Record<string, string>>) =>
        subject.replica
          .transaction()
          .expectPresent('Root', [
            ['_uuid', '==', uuid],
            ['ids', 'includes', ids],
          ])
          .mutate('Root', uuid, { add: { number: 1 } })
          .commit();
      await guard(_uuid, { a: '1', b: '2' });
      await guard(_uuid, {});
      await expect(guard(_uuid, { a: '1', b: '3' })).rejects.toSatisfy(isWaitFailure);
      await expect(guard(_uuid, { a: '1', d: '4' })).rejects.toSatisfy(isWaitFailure);
      await expect(guard(crypto.randomUUID(), {})).rejects.toSatisfy(isWaitFailure);
      expect(subject.root('p').number).toBe(2);
    });

    it('can contain the operations of another transaction', async () => {
      const whole = subject.replica.transaction();
      whole.insert('Root', { name: 'first' });
      const part = subject.replica.transaction();
      const second = part.insert('Root', { name: 'second' });
      const read = part.select('Root', { name: 'first' }, ['name']);
      const { uuid, rows } = await whole.append(part).commit();
      expect(uuid(second)).toBe(subject.root('second')._uuid);
      expect(rows(read)).toEqual([{ _uuid: subject.root('first')._uuid, name: 'first' }]);
    });

    it("fails when all rows have the values of a wait guard with until '!='", async () => {
      await subject.insertRoot('g', { number: 1 });
      await subject.insertRoot('h', { number: 2 });
      const guard = (where: Where<TestTables['Root']>, number: number) =>
        subject.replica.transaction().wait('Root', where, { number }, { until: '!=' }).commit();
      await expect(guard({ name: 'g' }, 1)).rejects.toSatisfy(isWaitFailure);
      await guard({ name: 'g' }, 2);
      // It succeeds when one row differs or there is no row.
      await guard([], 1);
      await guard({ name: 'none' }, 1);
    });

    it('waits for other transactions, and can be canceled', async () => {
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

    it('waits for default values in the columns that a row of wait leaves out', async () => {
      await subject.insertRoot('d', { number: 0, ratio: 0.5 });
      const wait = (column: string, until: '==' | '!=') =>
        subject.transact({
          op: 'wait',
          table: 'Root',
          where: [['name', '==', 'd']],
          columns: [column],
          until,
          rows: [{}],
          timeout: 0,
        });
      await wait('number', '==');
      await wait('flag', '==');
      await wait('ratio', '!=');
      await expect(wait('number', '!=')).rejects.toSatisfy(isWaitFailure);
    });

    it('can contain an abort', async () => {
      const t = subject.replica.transaction();
      t.insert('Root', { name: 'x' });
      await expect(t.abort().commit()).rejects.toMatchObject({ name: AbortedError.name, index: 1 });
      expect(subject.replica.rows('Root').size).toBe(0);
    });

    it('selects rows with its own changes so far', async () => {
      await subject.insertRoot('s', { number: 1, ids: { a: '1' }, tags: [3, 2] });
      const t = subject.replica.transaction();
      const before = t.select('Root', { name: 's' });
      t.update('Root', { name: 's' }, { number: 2 });
      const after = t.select('Root', [['number', '>', 0]], ['number', 'mode']);
      const none = t.select('Root', { name: 'none' }, []);
      const { rows, counts } = await t.commit();
      expect(counts).toEqual([0, 1, 0, 0]);
      const stored = subject.root('s');
      expect(rows(before)).toEqual([{ ...stored, number: 1, tags: [2, 3] }]);
      expect(rows(after)).toEqual([{ _uuid: stored._uuid, number: 2, mode: undefined }]);
      expect(rows(none)).toEqual([]);
      expect(() => rows(subject.replica.transaction().select('Root', []))).toThrow('another transaction');
    });

    it('can be durable', async () => {
      const t = subject.replica.transaction();
      const row = t.insert('Root', { name: 'durable' });
      const { counts, uuid } = await t.commit({ durable: true });
      expect([counts, uuid(row)]).toEqual([[1], subject.root('durable')._uuid]);
    });

    it('that is empty does nothing', async () => {
      expect((await subject.replica.transaction().commit()).counts).toEqual([]);
    });
  });
}
