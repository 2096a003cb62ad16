import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  connect,
  type OvsdbClient,
  OvsdbOperationError,
  openReplica,
  parseSchema,
  type Row,
} from '../src/index.ts';
import { startMemoryServer } from '../src/testing.ts';
import { histories } from './support/arbitrary.ts';
import { contentOf, dump } from './support/content.ts';
import { startServer } from './support/real-server.ts';

type Tables = Record<string, Row>;

const all = { A: '*', B: '*' } as const;

async function outcome(
  client: OvsdbClient,
  database: string,
  operations: Parameters<OvsdbClient['transact']>[1],
): Promise<unknown> {
  try {
    return (await client.transact(database, operations)).map(({ count }) => count ?? null);
  } catch (error) {
    // If an operation has two faults, the servers may report different ones, so the error code is not
    // compared.
    if (error instanceof OvsdbOperationError) return `failed at ${error.index}`;
    throw error;
  }
}

it('for any history a replica equals the dump, and the memory server equals ovsdb-server', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async ([json, transactions]) => {
      const schema = parseSchema<Tables>(json);
      await using real = await startServer({ schemas: [json] });
      await using memory = await startMemoryServer({ schemas: [json] });
      await using client = await connect({ remotes: real.remote });
      await using other = await connect({ remotes: memory.remote });
      await using replica = await openReplica(client, schema, all);
      await using twin = await openReplica(other, schema, all);
      for (const operations of transactions) {
        const expected = await outcome(client, schema.name, operations);
        expect([operations, await outcome(other, schema.name, operations)]).toEqual([operations, expected]);
        expect(contentOf(twin, schema)).toEqual(contentOf(replica, schema));
      }
      expect(contentOf(replica, schema)).toEqual(await dump(real.remote, schema));
      // A new replica shows the same as the replica that followed every change.
      await using late = await openReplica(client, schema, all);
      expect(contentOf(late, schema)).toEqual(contentOf(replica, schema));
    }),
    { numRuns: Number(process.env['OVSDB_RANDOM_RUNS'] ?? 60) },
  );
});
