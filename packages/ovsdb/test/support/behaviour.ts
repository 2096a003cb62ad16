import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  AbortedError,
  ConstraintViolationError,
  connect,
  DomainError,
  DuplicateUuidNameError,
  isWaitFailure,
  NotOwnerError,
  type Operation,
  OutOfRangeError,
  type OvsdbClient,
  OvsdbClosedError,
  OvsdbOperationError,
  OvsdbRequestError,
  openReplica,
  ReferentialIntegrityViolationError,
  type Replica,
  Transaction,
} from '../../src/index.ts';
import { type TestTables, testSchema } from '../generated/test.ts';

/** A server with the test schema, of whatever kind. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly remote: string;
}

/** What every OVSDB server must do: run against the real one and against the one in memory. */
export function describeBehaviour(kind: string, start: () => Promise<ServerUnderTest>): void {
  describe(`a client of ${kind}`, () => {
    let server: ServerUnderTest;
    let client: OvsdbClient;
    let replica: Replica<TestTables>;
    const all = { Root: '*', Child: '*', Single: '*', Must: '*' } as const;
    const transact = (...operations: Operation[]) => client.transact('Test', operations);
    const row = (name: string) => replica.find('Root', { name })[0];
    const root = (name: string) => row(name) ?? expect.unreachable(`no row ${name}`);

    beforeAll(async () => {
      server = await start();
      client = await connect({ remotes: server.remote });
      replica = await openReplica(client, testSchema, all, {
        indexes: { Root: [{ column: 'ids', key: 'owner' }] },
      });
    });
    afterAll(async () => {
      await client?.close();
      await server?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      await replica.transaction().delete('Must', []).delete('Root', []).delete('Single', []).commit();
      expect(replica.rows('Root').size + replica.rows('Child').size).toBe(0);
    });

    describe('databases', () => {
      it('are listed, with their schema', async () => {
        expect(await client.listDbs()).toContain('Test');
        expect((await client.getSchema('Test')).tables).toEqual(testSchema.tables);
        expect(await client.getServerId()).toMatch(/^[0-9a-f-]{36}$/);
      });

      it('that are unknown are refused', async () => {
        await expect(client.getSchema('None')).rejects.toMatchObject({
          name: 'OvsdbRequestError',
          code: 'unknown database',
        });
        await expect(client.transact('None', [])).rejects.toBeInstanceOf(OvsdbRequestError);
      });
    });

    describe('insert', () => {
      it('keeps every kind of value', async () => {
        const t = replica.transaction();
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
        const stored = replica.get('Root', uuid(ref));
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
        expect(stored && replica.resolve('Root', stored, 'queues')).toEqual([
          replica.get('Child', uuid(child)),
        ]);
        expect(
          Object.isFrozen(stored) && Object.isFrozen(stored?.ids) && Object.isFrozen(stored?.words),
        ).toBe(true);
      });

      it('fills in defaults', async () => {
        await insertRoot('d');
        expect(root('d')).toMatchObject({
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
        await insertRoot('same');
        await expect(insertRoot('same')).rejects.toBeInstanceOf(ConstraintViolationError);
        expect(replica.find('Root', { name: 'same' })).toHaveLength(1);
      });

      it('refuses values that the schema does not allow', async () => {
        const insert = (columns: Record<string, unknown>) =>
          transact({ op: 'insert', table: 'Root', row: columns as never });
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

      it('refuses more rows than the table holds, and a name used twice', async () => {
        const one = { op: 'insert', table: 'Single', row: {}, 'uuid-name': 'x' } as const;
        await expect(transact(one, { ...one, 'uuid-name': 'y' })).rejects.toMatchObject({
          code: 'constraint violation',
          index: 2,
        });
        await expect(transact(one, one)).rejects.toBeInstanceOf(DuplicateUuidNameError);
      });

      it('takes a UUID of the client', async () => {
        const uuid = '11111111-2222-4333-8444-555555555555';
        const [result] = await transact({ op: 'insert', table: 'Root', row: { name: 'u' }, uuid });
        expect(result?.uuid).toEqual(['uuid', uuid]);
        await expect(
          transact({ op: 'insert', table: 'Root', row: { name: 'v' }, uuid }),
        ).rejects.toMatchObject({ code: 'duplicate uuid' });
      });
    });

    describe('references', () => {
      it('keep rows: what nothing refers to goes', async () => {
        const t = replica.transaction();
        const child = t.insert('Child', { name: 'c' });
        t.insert('Child', { name: 'orphan' });
        t.insert('Root', { name: 'p', children: [child] });
        await t.commit();
        expect(replica.rows('Child').size).toBe(1);
        await replica.transaction().update('Root', { name: 'p' }, { children: [] }).commit();
        expect(replica.rows('Child').size).toBe(0);
      });

      it('to rows that do not exist are refused', async () => {
        const t = replica.transaction();
        t.insert('Root', { name: 'p', children: ['00000000-0000-4000-8000-000000000001'] });
        await expect(t.commit()).rejects.toBeInstanceOf(ReferentialIntegrityViolationError);
      });

      it('that are weak vanish with the row, unless the column needs one', async () => {
        const t = replica.transaction();
        const friend = t.insert('Root', { name: 'friend' });
        t.insert('Root', { name: 'p', friends: [friend] });
        await t.commit();
        await replica.transaction().delete('Root', { name: 'friend' }).commit();
        expect(root('p').friends).toEqual([]);
        const u = replica.transaction();
        u.insert('Must', { root: [root('p')._uuid] });
        await u.commit();
        await expect(replica.transaction().delete('Root', { name: 'p' }).commit()).rejects.toBeInstanceOf(
          ConstraintViolationError,
        );
      });

      it('in a cycle hold each other only from a root', async () => {
        const t = replica.transaction();
        const child = t.insert('Child', { name: 'c' });
        const parent = t.insert('Root', { name: 'p', child, queues: { 1: child } });
        t.update('Child', child, { parent });
        await t.commit();
        const [stored] = replica.resolve('Root', root('p'), 'child');
        expect(stored?.parent).toBe(root('p')._uuid);
        await replica.transaction().delete('Root', { name: 'p' }).commit();
        expect(replica.rows('Child').size).toBe(0);
      });
    });

    describe('update and mutate', () => {
      beforeEach(async () => {
        await insertRoot('m', {
          number: 50,
          tags: [1, 2],
          words: ['a'],
          ids: { a: '1', b: '2' },
          counts: { 1: 1 },
          mode: 'access',
        });
      });

      it('sets and empties columns', async () => {
        const { counts } = await replica
          .transaction()
          .update('Root', { name: 'm' }, { mode: undefined, number: 1, words: [] })
          .commit();
        expect(counts).toEqual([1]);
        expect(root('m')).toMatchObject({ mode: undefined, number: 1, words: [] });
      });

      it('inserts, deletes and adds', async () => {
        await replica
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
        const after = root('m');
        expect([...after.tags].sort()).toEqual([2, 3]);
        expect(after).toMatchObject({
          words: [],
          ids: { a: '1', c: '3' },
          counts: { 1: 1, 2: 2 },
          number: 42,
        });
        await replica
          .transaction()
          .mutate('Root', after._uuid, { delete: { ids: { a: 'other', c: '3' } } })
          .commit();
        expect(root('m').ids).toEqual({ a: '1' });
        await replica
          .transaction()
          .mutate('Root', after._uuid, { insert: { ids: { a: '9' } }, delete: { ids: ['a'] } })
          .commit();
        expect(root('m').ids).toEqual({ a: '9' });
      });

      it('computes', async () => {
        const mutate = (...mutations: [string, string, never][]) =>
          transact({ op: 'mutate', table: 'Root', where: [['name', '==', 'm']], mutations });
        await mutate(
          ['number', '*=', 2 as never],
          ['number', '-=', 1 as never],
          ['number', '/=', 2 as never],
        );
        expect(root('m').number).toBe(49);
        await mutate(['number', '%=', 10 as never], ['tags', '+=', 5 as never]);
        expect(root('m').number).toBe(9);
        expect([...root('m').tags].sort()).toEqual([6, 7]);
        await expect(mutate(['number', '/=', 0 as never])).rejects.toBeInstanceOf(DomainError);
        await expect(
          mutate(['tags', '*=', 9_000_000_000_000_000 as never], ['tags', '*=', 9_000_000 as never]),
        ).rejects.toBeInstanceOf(OutOfRangeError);
        await expect(mutate(['number', '+=', 1000 as never])).rejects.toBeInstanceOf(
          ConstraintViolationError,
        );
      });

      it('refuses to change what is fixed', async () => {
        await expect(
          replica.transaction().update('Root', [], { fixed: 'x' }).commit(),
        ).rejects.toBeInstanceOf(OvsdbOperationError);
        expect(root('m').fixed).toBe('');
      });

      it('finds rows by every condition', async () => {
        await insertRoot('n', { number: 51, tags: [2], ids: { a: '1' } });
        const names = async (...where: [string, string, never][]) => {
          const [result] = await transact({ op: 'select', table: 'Root', where, columns: ['name'] });
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
        expect(await names(['_uuid', '==', ['uuid', root('m')._uuid] as never])).toEqual(['m']);
      });
    });

    describe('a transaction', () => {
      it('is all or nothing, and says what failed', async () => {
        const t = replica.transaction();
        t.insert('Root', { name: 'x' });
        t.insert('Root', { name: 'y', number: 1000 });
        t.comment('never');
        const error = await t.commit().catch((thrown: unknown) => thrown as OvsdbOperationError);
        expect(error).toMatchObject({
          code: 'constraint violation',
          index: 1,
          operation: { op: 'insert', table: 'Root' },
        });
        expect(replica.rows('Root').size).toBe(0);
      });

      it('guards itself by wait', async () => {
        await insertRoot('g', { number: 1, ids: { a: '1' } });
        const set = (expected: number) =>
          replica
            .transaction()
            .wait('Root', { name: 'g' }, { number: expected })
            .update('Root', { name: 'g' }, { number: expected + 1 })
            .commit();
        await set(1);
        const failure = await set(1).catch((thrown: unknown) => thrown);
        expect(isWaitFailure(failure)).toBe(true);
        expect(root('g').number).toBe(2);
        await replica.transaction().expectMissing('Root', { name: 'h' }).commit();
        await expect(replica.transaction().expectMissing('Root', { name: 'g' }).commit()).rejects.toSatisfy(
          isWaitFailure,
        );
        await expect(
          replica
            .transaction()
            .expectMissing('Root', { ids: { a: '1' } })
            .commit(),
        ).rejects.toSatisfy(isWaitFailure);
        await expect(
          replica.transaction().wait('Root', { name: 'none' }, { number: 1 }).commit(),
        ).rejects.toSatisfy(isWaitFailure);
        await replica.transaction().wait('Root', { name: 'g' }, { number: 1 }, { until: '!=' }).commit();
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
        const waiting = transact(wait);
        await insertRoot('later');
        await waiting;
        const abort = new AbortController();
        const never = client.transact('Test', [{ ...wait, rows: [{ name: 'never' }] }], {
          signal: abort.signal,
        });
        abort.abort(new Error('enough'));
        await expect(never).rejects.toThrow('enough');
      });

      it('can be aborted from inside', async () => {
        await expect(
          transact({ op: 'insert', table: 'Root', row: { name: 'x' } }, { op: 'abort' }),
        ).rejects.toBeInstanceOf(AbortedError);
        expect(replica.rows('Root').size).toBe(0);
      });

      it('that is empty does nothing', async () => {
        expect((await replica.transaction().commit()).counts).toEqual([]);
      });
    });

    describe('a replica', () => {
      it('tells each transaction as one change', async () => {
        const seen: string[][] = [];
        const stop = replica.on('change', (changes) =>
          seen.push(changes.map(({ kind, table }) => `${kind} ${table}`).sort()),
        );
        const t = replica.transaction();
        t.insert('Root', { name: 'one' });
        t.insert('Root', { name: 'two' });
        await t.commit();
        const before = root('one');
        await replica
          .transaction()
          .update('Root', { name: 'one' }, { number: 9 })
          .delete('Root', { name: 'two' })
          .commit();
        stop();
        await insertRoot('unseen');
        expect(seen).toEqual([
          ['insert Root', 'insert Root'],
          ['delete Root', 'modify Root'],
        ]);
        expect(before.number).toBe(0);
        expect(root('one').number).toBe(9);
      });

      it('finds by index and without', async () => {
        await insertRoot('i', { ids: { owner: 'alice', x: 'y' }, tags: [1, 2] });
        await insertRoot('j', { ids: { owner: 'alice' } });
        const names = (match: Partial<TestTables['Root']>) =>
          replica
            .find('Root', match)
            .map(({ name }) => name)
            .sort();
        expect(names({ ids: { owner: 'alice' } })).toEqual(['i', 'j']);
        expect(names({ ids: { owner: 'alice', x: 'y' } })).toEqual(['i']);
        expect(names({ tags: [2, 1] })).toEqual(['i']);
        expect(names({ mode: undefined })).toEqual(['i', 'j']);
        await replica
          .transaction()
          .mutate('Root', { name: 'i' }, { delete: { ids: ['owner'] } })
          .commit();
        expect(names({ ids: { owner: 'alice' } })).toEqual(['j']);
      });

      it('waits until something holds', async () => {
        const found = replica.until((r) => r.find('Root', { name: 'soon' })[0]);
        await insertRoot('soon');
        expect((await found).name).toBe('soon');
        await expect(replica.until(() => false, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'timeout' });
      });

      it('shows only what was chosen, and can choose anew', async () => {
        await insertRoot('few', { number: 5 });
        await insertRoot('many', { number: 50 });
        await using part = await openReplica(client, testSchema, {
          Root: { columns: ['name', 'number'], where: [['number', '>', 10]] },
        });
        const names = () => Array.from(part.rows('Root').values(), ({ name }) => name).sort();
        expect(names()).toEqual(['many']);
        expect(Object.keys([...part.rows('Root').values()][0] ?? {})).toEqual(['_uuid', 'name', 'number']);
        await replica.transaction().update('Root', { name: 'few' }, { number: 20 }).commit();
        await part.until(() => names().length === 2);
        await part.setConditions({ Root: [['name', '==', 'few']] });
        expect(names()).toEqual(['few']);
        await part.setConditions({ Root: [] });
        expect(names()).toEqual(['few', 'many']);
        expect(() => part.rows('Child')).toThrow('not replicated');
      });
    });

    describe('a lock', () => {
      it('is held by one client at a time, and can be stolen', async () => {
        await using other = await connect({ remotes: server.remote });
        const mine = await client.lock('L');
        await mine.acquired;
        const theirs = await other.lock('L');
        expect([mine.held, theirs.held]).toEqual([true, false]);
        await new Transaction(testSchema, client).assertLock('L').commit();
        await expect(new Transaction(testSchema, other).assertLock('L').commit()).rejects.toBeInstanceOf(
          NotOwnerError,
        );
        await mine.release();
        await theirs.acquired;
        const lost = new Promise<void>((resolve) => theirs.on('lost', resolve));
        const stolen = await client.steal('L');
        await lost;
        expect([stolen.held, theirs.held]).toEqual([true, false]);
        await stolen.release();
        await theirs.acquired;
      });

      it('that is released is waited for in vain', async () => {
        const mine = await client.lock('M');
        await mine.acquired;
        await using other = await connect({ remotes: server.remote });
        const theirs = await other.lock('M');
        const waiting = theirs.acquired;
        await theirs.release();
        await expect(waiting).rejects.toBeInstanceOf(OvsdbClosedError);
        await mine.release();
      });

      it('has a name of letters, digits and underscores', async () => {
        await expect(client.lock('my-lock')).rejects.toMatchObject({ code: 'syntax error' });
        await expect(client.steal('')).rejects.toMatchObject({ code: 'syntax error' });
      });
    });

    async function insertRoot(name: string, columns: Partial<TestTables['Root']> = {}): Promise<void> {
      const t = replica.transaction();
      t.insert('Root', { name, ...columns });
      await t.commit();
    }
  });
}
