import { describe, expect, it } from 'vitest';
import { OvsdbOperationError } from '../../../src/index.ts';
import type { Subject } from './subject.ts';

const target = { table: 'Root', where: [] };
const where = (...condition: unknown[]) => ({ op: 'select', table: 'Root', where: [condition] });
const mutate = (...mutation: unknown[]) => ({ op: 'mutate', ...target, mutations: [mutation] });
const insert = (row: unknown) => ({ op: 'insert', table: 'Root', row });
const wait = { op: 'wait', ...target, until: '==', rows: [], timeout: 0 };

/** The operations that a server must refuse, by the error of ovsdb-server 3.1. */
const REFUSED: Readonly<Record<string, readonly unknown[]>> = {
  'syntax error': [
    null,
    5,
    [],
    {},
    { op: 'nothing' },
    { op: 'select', table: 'Root' },
    { op: 'select', where: [] },
    { op: 'select', table: 5, where: [] },
    { op: 'select', table: 'None', where: [] },
    { op: 'select', table: 'Root', where: {} },
    { op: 'select', ...target, extra: 1 },
    { op: 'select', ...target, columns: 'name' },
    { op: 'select', ...target, columns: [1] },
    { op: 'select', ...target, columns: ['nothing'] },
    { op: 'select', ...target, columns: ['name', 'name'] },
    { op: 'select', table: 'Root', where: ['x'] },
    { op: 'select', table: 'Root', where: [null] },
    where('name', '=='),
    where(1, '==', 'a'),
    where('name', '==', null),
    where('name', '<', 'a'),
    where('mode', '>=', 'access'),
    where('tags', '<', 1),
    where('number', '<', ['set', []]),
    where('ids', 'includes', 5),
    where('ids', 'includes', ['map', 5]),
    where('ids', 'includes', ['map', [5]]),
    where('tags', 'includes', ['set', 5]),
    where('_uuid', '==', ['uuid', 'xx']),
    { op: 'insert', table: 'Root' },
    insert([]),
    insert({ name: null }),
    insert({ tags: ['set', [1, 2, 3, 4, 5]] }),
    { ...insert({}), 'uuid-name': 'a-b' },
    { ...insert({}), uuid: 'x' },
    { op: 'update', ...target },
    { op: 'mutate', ...target },
    { op: 'mutate', ...target, mutations: [5] },
    mutate('number', '+='),
    mutate('number', '+=', 'x'),
    mutate('number', 'insert', 1),
    mutate('ratio', '%=', 1),
    mutate('name', '+=', 'x'),
    mutate('counts', '+=', 1),
    { op: 'delete', table: 'Root' },
    { op: 'wait', ...target, until: '==', timeout: 0 },
    { ...wait, until: '<' },
    { ...wait, rows: [5] },
    { ...wait, timeout: 'x' },
    { ...wait, columns: ['nothing'] },
    { op: 'commit' },
    { op: 'commit', durable: 1 },
    { op: 'comment', comment: 5 },
    { op: 'assert', lock: 'a-b' },
    { op: 'abort', x: 1 },
  ],
  'ovsdb error': [
    insert({ words: ['set', ['a', 'a']] }),
    insert({
      ids: [
        'map',
        [
          ['a', '1'],
          ['a', '2'],
        ],
      ],
    }),
  ],
  'unknown column': [where('nothing', '==', 'a'), where('toString', '==', 'a'), insert({ constructor: 1 })],
  'unknown function': [where('name', 'toString', 'a')],
  'unknown mutator': [mutate('number', 'toString', 1)],
  'constraint violation': [
    insert({ number: 101 }),
    where('number', '==', 101),
    mutate('_uuid', 'insert', ['set', []]),
    { op: 'update', ...target, row: { _version: ['uuid', '00000000-0000-4000-8000-000000000001'] } },
  ],
};

/** Tests that a malformed operation fails and the connection stays up. */
export function describeMalformed(subject: Subject): void {
  describe('a malformed operation', () => {
    for (const [code, operations] of Object.entries(REFUSED)) {
      it(`is refused without harm to the connection: ${code}`, async () => {
        await subject.insertRoot('existing', { number: 1 });
        let ended = 0;
        const stop = subject.client.on('disconnected', () => ended++);
        for (const operation of operations) {
          const error = await subject
            .transact({ op: 'comment', comment: 'before' }, operation as never)
            .catch((thrown: unknown) => thrown);
          expect([operation, error]).toEqual([operation, expect.any(OvsdbOperationError)]);
          expect([operation, error]).toMatchObject([operation, { code, index: 1 }]);
        }
        stop();
        expect(ended).toBe(0);
        expect(subject.root('existing').number).toBe(1);
      });
    }
  });
}
