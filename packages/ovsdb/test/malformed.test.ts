import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect, OvsdbError, openReplica, ZERO_UUID } from '../src/index.ts';
import { testSchema } from './generated/test.ts';
import { startScriptedServer } from './support/scripted-server.ts';

// A malformed message must neither crash the process nor leave a call waiting.

const UUID = '11111111-1111-4111-8111-111111111111';
const unhandled: unknown[] = [];
const record = (error: unknown) => unhandled.push(error);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', record).on('uncaughtException', record);
});
afterEach(() => {
  process.off('unhandledRejection', record).off('uncaughtException', record);
});

/** JSON that resembles the protocol's messages. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, 0, -1.5, '', 'x', UUID, [], {}, ['set', []], ['uuid', UUID]),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.tuple(fc.constantFrom('set', 'map', 'uuid', 'named-uuid'), tie('value')),
    fc.dictionary(
      fc.constantFrom(
        'Root',
        'Child',
        UUID,
        'initial',
        'insert',
        'modify',
        'delete',
        'new',
        'old',
        'name',
        'words',
        'ids',
        'number',
        '__proto__',
      ),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
}));
const row = fc.dictionary(fc.constantFrom('name', 'number', 'words', 'ids', 'mode', 'tags', 'odd'), value, {
  maxKeys: 3,
});
const update = fc.oneof(
  value,
  fc.dictionary(
    fc.constantFrom('initial', 'insert', 'modify', 'delete', 'new', 'old'),
    fc.oneof(row, value),
    { maxKeys: 2 },
  ),
);
const updates = fc.oneof(
  value,
  fc.dictionary(
    fc.constantFrom('Root', 'Child', 'Odd'),
    fc.oneof(value, fc.dictionary(fc.constantFrom(UUID, 'x'), update, { maxKeys: 2 })),
    { maxKeys: 2 },
  ),
);

it('a notification of any shape is applied, or ends the session with an OvsdbError', async () => {
  let snapshot: unknown = {};
  await using server = await startScriptedServer({ monitor_cond_since: () => [false, ZERO_UUID, snapshot] });
  const methods = fc.constantFrom(
    'update',
    'update2',
    'update3',
    'monitor_canceled',
    'locked',
    'stolen',
    'odd',
  );
  const shapes = fc.constantFrom('whole', 'own id', 'server', 'bare');
  await fc.assert(
    fc.asyncProperty(methods, shapes, updates, async (method, shape, content) => {
      snapshot = { Root: { [UUID]: { initial: { name: 'x', words: ['set', ['a', 'b']] } } } };
      await using client = await connect({
        remotes: server.remote,
        offlineWaitMs: 10_000,
        backoff: { minMs: 1, maxMs: 5 },
      });
      await using _replica = await openReplica(client, testSchema, { Root: '*', Child: '*' });
      const reasons: Error[] = [];
      client.on('disconnected', (reason) => reasons.push(reason));
      const connection = server.connections.at(-1);
      const id = connection?.requests('monitor_cond_since')[0]?.[1];
      if (shape === 'whole')
        connection?.notify(method, id, ...(method === 'update3' ? [ZERO_UUID] : []), content);
      else if (shape === 'own id') connection?.notify(method, id, content);
      else if (shape === 'server') connection?.notify(method, '_Server', content);
      else connection?.send({ id: null, method, params: content });
      // The call ends on this session or on the next.
      await client.listDbs().catch((error: unknown) => expect(error).toBeInstanceOf(OvsdbError));
      for (const reason of reasons) expect(reason).toBeInstanceOf(OvsdbError);
    }),
    { numRuns: 300 },
  );
  expect(unhandled).toEqual([]);
});

it('a reply of any shape is a result, or causes an OvsdbError', async () => {
  let answer: unknown;
  const scripted = () => answer ?? null;
  const methods = ['monitor_cond_since', 'monitor_cond_change', 'lock', 'transact', 'get_schema'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...methods),
      fc.oneof(updates, fc.tuple(fc.boolean(), value, updates)),
      async (method, content) => {
        answer = content;
        await using server = await startScriptedServer({ [method]: scripted });
        await using client = await connect({
          remotes: server.remote,
          offlineWaitMs: 10_000,
          backoff: { minMs: 1, maxMs: 5 },
        });
        const calls = async () => {
          await using replica = await openReplica(client, testSchema, { Root: '*', Child: '*' });
          await replica.setConditions({ Root: [['name', '==', 'x']] });
          const t = replica.transaction();
          t.insert('Root', { name: 'x' });
          await t.commit();
          await client.lock('L');
        };
        const error = await calls().catch((thrown: unknown) => thrown);
        if (error !== undefined) expect(error, JSON.stringify(content)).toBeInstanceOf(OvsdbError);
      },
    ),
    { numRuns: 300 },
  );
  expect(unhandled).toEqual([]);
});
