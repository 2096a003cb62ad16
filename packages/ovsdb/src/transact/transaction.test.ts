import { describe, expect, it } from 'vitest';
import { testSchema } from '../../test/generated/test.ts';
import { OvsdbClosedError, OvsdbSchemaError } from '../errors.ts';
import { nbSchema } from '../generated/nb.ts';
import type { Operation } from '../wire/operations.ts';
import { Transaction } from './transaction.ts';

const uuid = '01234567-89ab-4cde-8f01-23456789abcd';

describe('Transaction', () => {
  it('writes the operations of RFC 7047', () => {
    const t = new Transaction(nbSchema);
    const port = t.insert('Logical_Switch_Port', {
      name: 'p',
      tag: 3,
      parent_name: undefined,
      type: undefined,
    });
    const portSwitch = t.insert('Logical_Switch', { name: 's', ports: [port, uuid] });
    t.update('Logical_Switch', { name: 's', external_ids: { a: 'b' } }, { name: 'x' })
      .mutate('NB_Global', [], {
        add: { nb_cfg: 1 },
        insert: { options: { a: '1' } },
        delete: { options: ['a'] },
      })
      .delete('Logical_Switch_Port', port)
      .wait('Logical_Switch', uuid, { name: 'y' }, { until: '!=' })
      .expectMissing('Logical_Switch', [['name', '!=', 'z']])
      .comment('why')
      .assertLock('L');
    expect(t.operations).toEqual([
      {
        op: 'insert',
        table: 'Logical_Switch_Port',
        row: { name: 'p', tag: 3, parent_name: ['set', []] },
        'uuid-name': port.namedUuid,
      },
      {
        op: 'insert',
        table: 'Logical_Switch',
        row: {
          name: 's',
          ports: [
            'set',
            [
              ['named-uuid', port.namedUuid],
              ['uuid', uuid],
            ],
          ],
        },
        'uuid-name': portSwitch.namedUuid,
      },
      {
        op: 'update',
        table: 'Logical_Switch',
        where: [
          ['name', '==', 's'],
          ['external_ids', 'includes', ['map', [['a', 'b']]]],
        ],
        row: { name: 'x' },
      },
      {
        op: 'mutate',
        table: 'NB_Global',
        where: [],
        mutations: [
          ['options', 'delete', ['set', ['a']]],
          ['options', 'insert', ['map', [['a', '1']]]],
          ['nb_cfg', '+=', 1],
        ],
      },
      {
        op: 'delete',
        table: 'Logical_Switch_Port',
        where: [['_uuid', '==', ['named-uuid', port.namedUuid]]],
      },
      {
        op: 'wait',
        table: 'Logical_Switch',
        timeout: 0,
        where: [['_uuid', '==', ['uuid', uuid]]],
        columns: ['name'],
        until: '!=',
        rows: [{ name: 'y' }],
      },
      {
        op: 'wait',
        table: 'Logical_Switch',
        timeout: 0,
        where: [['name', '!=', 'z']],
        columns: ['_uuid'],
        until: '==',
        rows: [],
      },
      { op: 'comment', comment: 'why' },
      { op: 'assert', lock: 'L' },
    ]);
  });

  it('refuses tables, columns and values that are not in the schema', () => {
    const t = new Transaction(nbSchema);
    expect(() => t.insert('Nothing' as 'Logical_Switch', {})).toThrow('OVN_Northbound has no table Nothing');
    expect(() => t.insert('Logical_Switch', { nothing: 1 } as object)).toThrow(
      'Logical_Switch has no column nothing',
    );
    expect(() => t.insert('Logical_Switch', { constructor: 1 } as object)).toThrow(OvsdbSchemaError);
    expect(() => t.update('Logical_Switch', { nothing: 1 } as object, {})).toThrow(OvsdbSchemaError);
    expect(() => t.insert('ACL', { action: 'perhaps' as 'allow' })).toThrow('ACL.action must be one of');
    expect(t.operations).toEqual([]);
  });

  it('refuses a guard that would hold for every row', () => {
    const t = new Transaction(nbSchema);
    const name = undefined as unknown as string;
    expect(() => t.wait('Logical_Switch', uuid, { name })).toThrow('Logical_Switch.name must have a value');
    expect(() => t.wait('Logical_Switch', uuid, { ports: undefined as unknown as [] })).toThrow(
      'must be a set',
    );
    expect(() => t.wait('Logical_Switch', uuid, {})).toThrow('nothing to compare');
    expect(t.operations).toEqual([]);
    expect(t.wait('Logical_Switch_Port', uuid, { tag: undefined }).operations).toMatchObject([
      { columns: ['tag'], rows: [{ tag: ['set', []] }] },
    ]);
  });

  it('selects all rows only by []', () => {
    const t = new Transaction(nbSchema);
    expect(() => t.delete('Logical_Switch', {})).toThrow('nothing to compare');
    expect(() => t.update('Logical_Switch', {}, { name: 'x' })).toThrow(OvsdbSchemaError);
    expect(t.operations).toEqual([]);
    expect(t.delete('Logical_Switch', []).operations).toHaveLength(1);
  });

  it('writes every mutation, delete before insert before arithmetic', () => {
    const t = new Transaction(testSchema).mutate('Root', [], {
      remainder: { number: 4 },
      divide: { ratio: 0.5 },
      multiply: { tags: 3 },
      subtract: { number: 200 },
      add: { number: 1 },
      insert: { tags: [1] },
      delete: { counts: ['1'] },
    });
    expect(t.operations[0]).toMatchObject({
      mutations: [
        ['counts', 'delete', ['set', [1]]],
        ['tags', 'insert', ['set', [1]]],
        ['number', '+=', 1],
        ['number', '-=', 200],
        ['tags', '*=', 3],
        ['ratio', '/=', 0.5],
        ['number', '%=', 4],
      ],
    });
    const add = { name: 1 } as object;
    expect(() => t.mutate('Root', [], { add })).toThrow('Root.name holds no numbers');
    expect(() => t.select('Root', [], ['nothing' as 'name'])).toThrow('Root has no column nothing');
  });

  it('adds an operation for a durable commit, which the counts leave out', async () => {
    const sent: Operation[] = [];
    const transact = async (_: string, operations: readonly Operation[]) => {
      sent.push(...operations);
      return operations.map(() => ({}));
    };
    const { counts } = await new Transaction(nbSchema, { transact }).comment('x').commit({ durable: true });
    expect([sent, counts]).toEqual([
      [
        { op: 'comment', comment: 'x' },
        { op: 'commit', durable: true },
      ],
      [0],
    ]);
  });

  it('needs a transactor to commit', async () => {
    await expect(new Transaction(nbSchema).comment('x').commit()).rejects.toBeInstanceOf(OvsdbSchemaError);
  });

  it('returns the UUIDs of inserted rows and the counts of all operations', async () => {
    const transactor = { transact: async () => [{ uuid: ['uuid', uuid] as const }, { count: 3 }, {}] };
    const t = new Transaction(nbSchema, transactor);
    const ref = t.insert('Logical_Switch', { name: 's' });
    const { uuid: uuidOf, counts } = await t.delete('Logical_Switch', []).comment('x').commit();
    expect([uuidOf(ref), counts]).toEqual([uuid, [1, 3, 0]]);
    expect(() => uuidOf({ namedUuid: 'row7' })).toThrow(OvsdbSchemaError);
  });

  it('can be committed once', async () => {
    let sent = 0;
    const transact = async () => {
      sent++;
      return [];
    };
    const t = new Transaction(nbSchema, { transact }).comment('x');
    await t.commit();
    await expect(t.commit()).rejects.toBeInstanceOf(OvsdbClosedError);
    expect(sent).toBe(1);
  });

  it('uses row names that no other transaction uses', () => {
    const names = [1, 2].map(() => new Transaction(nbSchema).insert('Logical_Switch', {}).namedUuid);
    expect(new Set(names).size).toBe(2);
  });

  it('refuses text that is not a UUID, as a row to delete and as a reference', () => {
    const t = new Transaction(nbSchema);
    expect(() => t.delete('Logical_Switch', 'LS1')).toThrow(OvsdbSchemaError);
    expect(() => t.insert('Logical_Switch', { ports: ['p1'] })).toThrow(OvsdbSchemaError);
  });
});
