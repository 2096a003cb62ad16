import { describe, expect, it } from 'vitest';
import { ConstraintViolationError, DuplicateUuidNameError, OvsdbOperationError } from '../../../src/index.ts';
import type { Subject } from './subject.ts';

/** Tests which values insert stores, adds by default and refuses. */
export function describeInsert(subject: Subject): void {
  describe('insert', () => {
    it('stores every kind of value', async () => {
      const t = subject.replica.transaction();
      const child = t.insert('Child', { name: 'ü€🦊' });
      const ref = t.insert('Root', {
        name: 'a"\\\n',
        number: 7,
        ratio: 0.1,
        flag: true,
        mode: 'trunk',
        tags: [3, 1],
        words: ['x', 'y'],
        ids: { k: 'v', __proto__x: 'y' },
        counts: { 1: 2, 3: 4 },
        child,
        children: [child],
        queues: { 5: child },
        fixed: 'f',
      });
      const { uuid, counts } = await t.commit();
      expect(counts).toEqual([1, 1]);
      const stored = subject.replica.get('Root', uuid(ref));
      expect({ ...stored, tags: [...(stored?.tags ?? [])].sort() }).toEqual({
        _uuid: uuid(ref),
        name: 'a"\\\n',
        number: 7,
        ratio: 0.1,
        flag: true,
        mode: 'trunk',
        tags: [1, 3],
        words: ['x', 'y'],
        ids: { k: 'v', __proto__x: 'y' },
        counts: { 1: 2, 3: 4 },
        child: uuid(child),
        children: [uuid(child)],
        friends: [],
        fixed: 'f',
        queues: { 5: uuid(child) },
      });
      expect(stored && subject.replica.resolve('Root', stored, 'queues')).toEqual([
        subject.replica.get('Child', uuid(child)),
      ]);
      expect(Object.isFrozen(stored) && Object.isFrozen(stored?.ids) && Object.isFrozen(stored?.words)).toBe(
        true,
      );
    });

    it('gives a row the UUID that the caller chooses, once', async () => {
      const uuid = crypto.randomUUID();
      const t = subject.replica.transaction();
      expect(t.insert('Child', { name: 'chosen' }, { uuid })).toBe(uuid);
      t.insert('Root', { name: 'parent', children: [uuid] });
      t.update('Child', uuid, { name: 'changed' });
      expect((await t.commit()).counts).toEqual([1, 1, 1]);
      expect(subject.replica.get('Child', uuid)?.name).toBe('changed');
      const again = subject.replica.transaction();
      again.insert('Child', { name: 'other' }, { uuid });
      await expect(again.commit()).rejects.toMatchObject({ code: 'duplicate uuid' });
      // The UUID stays taken within a transaction that deletes the row.
      const replace = subject.replica.transaction();
      replace.delete('Root', { name: 'parent' });
      replace.delete('Child', uuid);
      replace.insert('Child', { name: 'other' }, { uuid });
      await expect(replace.commit()).rejects.toMatchObject({ code: 'duplicate uuid' });
      expect(() => subject.replica.transaction().insert('Child', {}, { uuid: 'no' })).toThrow('not a UUID');
    });

    it('fills in defaults', async () => {
      await subject.insertRoot('d');
      expect(subject.root('d')).toMatchObject({
        number: 0,
        ratio: 0,
        flag: false,
        mode: undefined,
        tags: [],
        ids: {},
        fixed: '',
      });
    });

    it('refuses a second row with the same index', async () => {
      await subject.insertRoot('same');
      await expect(subject.insertRoot('same')).rejects.toBeInstanceOf(ConstraintViolationError);
      expect(subject.replica.find('Root', { name: 'same' })).toHaveLength(1);
    });

    it('refuses values that the schema does not allow', async () => {
      const insert = (columns: Record<string, unknown>) =>
        subject.transact({ op: 'insert', table: 'Root', row: columns as never });
      await expect(insert({ number: 101 })).rejects.toMatchObject({
        code: 'constraint violation',
        index: 0,
      });
      await expect(insert({ mode: 'other' })).rejects.toBeInstanceOf(ConstraintViolationError);
      await expect(insert({ tags: ['set', [1, 2, 3, 4, 5]] })).rejects.toBeInstanceOf(OvsdbOperationError);
      await expect(insert({ nothing: 1 })).rejects.toBeInstanceOf(OvsdbOperationError);
      await expect(insert({ name: 1 })).rejects.toBeInstanceOf(OvsdbOperationError);
      await expect(insert({ words: ['set', ['a', 'a']] })).rejects.toBeInstanceOf(OvsdbOperationError);
    });

    it('refuses more rows than maxRows, and a row name that is used twice', async () => {
      const insert = { op: 'insert', table: 'Single', row: {}, 'uuid-name': 'x' } as const;
      await expect(subject.transact(insert, { ...insert, 'uuid-name': 'y' })).rejects.toMatchObject({
        code: 'constraint violation',
        index: 2,
      });
      await expect(subject.transact(insert, insert)).rejects.toBeInstanceOf(DuplicateUuidNameError);
    });

    it('accepts a UUID of the client', async () => {
      const uuid = '11111111-2222-4333-8444-555555555555';
      const [result] = await subject.transact({ op: 'insert', table: 'Root', row: { name: 'u' }, uuid });
      expect(result?.uuid).toEqual(['uuid', uuid]);
      await expect(
        subject.transact({ op: 'insert', table: 'Root', row: { name: 'v' }, uuid }),
      ).rejects.toMatchObject({ code: 'duplicate uuid' });
    });
  });
}
