import { describe, expect, it } from 'vitest';
import { openReplica } from '../../../src/index.ts';
import { type TestTables, testSchema } from '../../generated/test.ts';
import type { Subject } from './subject.ts';

/** Tests change events, indexes and conditions of a replica. */
export function describeReplica(subject: Subject): void {
  describe('a replica', () => {
    it('reports each transaction as one change event', async () => {
      const seen: string[][] = [];
      const stop = subject.replica.on('change', (changes) =>
        seen.push(changes.map(({ kind, table }) => `${kind} ${table}`).sort()),
      );
      const t = subject.replica.transaction();
      t.insert('Root', { name: 'one' });
      t.insert('Root', { name: 'two' });
      await t.commit();
      const before = subject.root('one');
      await subject.replica
        .transaction()
        .update('Root', { name: 'one' }, { number: 9 })
        .delete('Root', { name: 'two' })
        .commit();
      stop();
      await subject.insertRoot('unseen');
      expect(seen).toEqual([
        ['insert Root', 'insert Root'],
        ['delete Root', 'modify Root'],
      ]);
      expect(before.number).toBe(0);
      expect(subject.root('one').number).toBe(9);
    });

    it('finds rows with and without an index', async () => {
      await subject.insertRoot('i', { ids: { owner: 'alice', x: 'y' }, tags: [1, 2] });
      await subject.insertRoot('j', { ids: { owner: 'alice' } });
      const names = (match: Partial<TestTables['Root']>) =>
        subject.replica
          .find('Root', match)
          .map(({ name }) => name)
          .sort();
      expect(names({ ids: { owner: 'alice' } })).toEqual(['i', 'j']);
      expect(names({ ids: { owner: 'alice', x: 'y' } })).toEqual(['i']);
      expect(names({ tags: [2, 1] })).toEqual(['i']);
      expect(names({ mode: undefined })).toEqual(['i', 'j']);
      await subject.replica
        .transaction()
        .mutate('Root', { name: 'i' }, { delete: { ids: ['owner'] } })
        .commit();
      expect(names({ ids: { owner: 'alice' } })).toEqual(['j']);
    });

    it('waits until a predicate holds', async () => {
      const found = subject.replica.until((r) => r.find('Root', { name: 'soon' })[0]);
      await subject.insertRoot('soon');
      expect((await found).name).toBe('soon');
      await expect(subject.replica.until(() => false, { timeoutMs: 5 })).rejects.toMatchObject({
        code: 'timeout',
      });
    });

    it('shows only the selected columns and rows, and can select other rows later', async () => {
      await subject.insertRoot('few', { number: 5 });
      await subject.insertRoot('many', { number: 50 });
      await using part = await openReplica(subject.client, testSchema, {
        Root: { columns: ['name', 'number'], where: [['number', '>', 10]] },
      });
      const names = () => Array.from(part.rows('Root').values(), ({ name }) => name).sort();
      expect(names()).toEqual(['many']);
      expect(Object.keys([...part.rows('Root').values()][0] ?? {})).toEqual(['_uuid', 'name', 'number']);
      await subject.replica.transaction().update('Root', { name: 'few' }, { number: 20 }).commit();
      await part.until(() => names().length === 2);
      await part.setConditions({ Root: [['name', '==', 'few']] });
      expect(names()).toEqual(['few']);
      await part.setConditions({ Root: [] });
      expect(names()).toEqual(['few', 'many']);
      expect(() => part.rows('Child')).toThrow('not replicated');
    });
  });
}
