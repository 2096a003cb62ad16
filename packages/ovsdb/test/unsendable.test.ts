import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Operation, type OvsdbClient, Transaction } from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { startServer } from './support/real-server.ts';
import { testSchema as json } from './support/test-schema.ts';

type Server = Awaited<ReturnType<typeof startServer>>;
let server: Server;
let client: OvsdbClient;
beforeAll(async () => {
  server = await startServer({ schemas: [json] });
  client = await connect({ remotes: server.remote });
});
afterAll(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const insert = (row: object): Operation => ({ op: 'insert', table: 'Root', row: row as never });
const nested = (levels: number): unknown => (levels === 0 ? 'x' : [nested(levels - 1)]);

const dropping: Readonly<Record<string, Operation>> = {
  'a NUL in a string': insert({ name: 'a\0b' }),
  'a NUL in an element of a set': insert({ words: ['set', ['a', 'b\0']] }),
  'a NUL in a key of a map': insert({ ids: ['map', [['\0', 'x']]] }),
  'a NUL in a comment': { op: 'comment', comment: 'why\0' },
  'a NUL in the name of a column': insert({ 'na\0me': 'x' }),
  'the first half of a surrogate pair': insert({ name: 'a\ud83d' }),
  'the second half of a surrogate pair': insert({ name: '\ude00a' }),
  'JSON that is nested too deeply': insert({ name: nested(1_200) }),
};

describe.each(Object.entries(dropping))('%s', (_, operation) => {
  it('is refused before it is sent, and the other calls of the connection live', async () => {
    let ended = 0;
    const stop = client.on('disconnected', () => ended++);
    const other = client.listDbs();
    await expect(client.transact('Test', [operation])).rejects.toMatchObject({
      code: 'schema-mismatch',
      message: expect.stringMatching(/NUL|surrogate|levels/),
    });
    await expect(other).resolves.toContain('Test');
    await client.listDbs();
    stop();
    expect(ended).toBe(0);
  });
});

it('a string with any other character comes back as it was sent', async () => {
  const name = `\u0001\n\t"\\\\u0000 \u007f é 😀 \uffff`;
  await client.transact('Test', [insert({ name })]);
  const [result] = await client.transact('Test', [
    { op: 'select', table: 'Root', where: [['name', '==', name]], columns: ['name'] },
  ]);
  expect(result?.rows).toEqual([{ name }]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  '%s is refused instead of being sent as null',
  async (number) => {
    await expect(client.transact('Test', [insert({ ratio: number })])).rejects.toMatchObject({
      code: 'schema-mismatch',
      message: expect.stringContaining('[1]."row"."ratio" must be a finite number'),
    });
  },
);

it('a message beyond the limit is refused before it is sent', async () => {
  await using small = await connect({ remotes: server.remote, maxMessageBytes: 10_000 });
  await expect(small.transact('Test', [insert({ name: 'x'.repeat(10_000) })])).rejects.toMatchObject({
    code: 'message-too-large',
  });
  await expect(small.listDbs()).resolves.toContain('Test');
});

it.each(['a-b', '1st', '', 'a b', 'a\0'])('the lock name %j is refused before it is sent', async (name) => {
  await expect(client.lock(name)).rejects.toMatchObject({ code: 'schema-mismatch' });
});

/** What the schema forbids: the columns of a Transaction, and the same row as the server reads it. */
const forbidden: Readonly<Record<string, readonly [columns: object, wire: object]>> = {
  'a number above the largest': [{ number: 101 }, { number: 101 }],
  'a number below the smallest': [{ number: -1 }, { number: -1 }],
  'a string that is none of the enum': [{ mode: 'other' }, { mode: 'other' }],
  'more elements than allowed': [{ tags: [1, 2, 3, 4, 5] }, { tags: ['set', [1, 2, 3, 4, 5]] }],
  'an element twice': [{ words: ['a', 'a'] }, { words: ['set', ['a', 'a']] }],
};

describe.each(Object.entries(forbidden))('%s', (_, [columns, wire]) => {
  it('is refused by the server, and by a Transaction before it is sent', async () => {
    await expect(client.transact('Test', [insert(wire)])).rejects.toMatchObject({
      code: expect.stringMatching(/^constraint violation$|^ovsdb error$|^syntax error$/),
    });
    expect(() => new Transaction(testSchema).insert('Root', columns)).toThrow(
      expect.objectContaining({ code: 'schema-mismatch' }),
    );
  });
});
