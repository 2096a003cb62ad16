import { describe, expect, it } from 'vitest';
import { ConstraintViolationError, ReferentialIntegrityViolationError } from '../../../src/index.ts';
import type { Subject } from './subject.ts';

/** Tests strong and weak references and garbage collection. */
export function describeReferences(subject: Subject): void {
  describe('references', () => {
    it('keep rows alive: a row without references is deleted', async () => {
      const t = subject.replica.transaction();
      const child = t.insert('Child', { name: 'c' });
      t.insert('Child', { name: 'orphan' });
      t.insert('Root', { name: 'p', children: [child] });
      await t.commit();
      expect(subject.replica.rows('Child').size).toBe(1);
      await subject.replica.transaction().update('Root', { name: 'p' }, { children: [] }).commit();
      expect(subject.replica.rows('Child').size).toBe(0);
    });

    it('to rows that do not exist are refused', async () => {
      const t = subject.replica.transaction();
      t.insert('Root', { name: 'p', children: ['00000000-0000-4000-8000-000000000001'] });
      await expect(t.commit()).rejects.toBeInstanceOf(ReferentialIntegrityViolationError);
    });

    it('that are weak disappear with the row, unless the column requires one', async () => {
      const t = subject.replica.transaction();
      const friend = t.insert('Root', { name: 'friend' });
      t.insert('Root', { name: 'p', friends: [friend] });
      await t.commit();
      await subject.replica.transaction().delete('Root', { name: 'friend' }).commit();
      expect(subject.root('p').friends).toEqual([]);
      const u = subject.replica.transaction();
      u.insert('Must', { root: [subject.root('p')._uuid] });
      await u.commit();
      await expect(
        subject.replica.transaction().delete('Root', { name: 'p' }).commit(),
      ).rejects.toBeInstanceOf(ConstraintViolationError);
    });

    it('in a cycle keep rows alive only if one is in a root table', async () => {
      const t = subject.replica.transaction();
      const child = t.insert('Child', { name: 'c' });
      const parent = t.insert('Root', { name: 'p', child, queues: { 1: child } });
      t.update('Child', child, { parent });
      await t.commit();
      const [stored] = subject.replica.resolve('Root', subject.root('p'), 'child');
      expect(stored?.parent).toBe(subject.root('p')._uuid);
      await subject.replica.transaction().delete('Root', { name: 'p' }).commit();
      expect(subject.replica.rows('Child').size).toBe(0);
    });
  });
}
