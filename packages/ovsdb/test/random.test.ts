import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  connect,
  type DatabaseSchema,
  type OvsdbClient,
  OvsdbOperationError,
  openReplica,
  parseSchema,
  type Replica,
  type Row,
} from '../src/index.ts';
import { startMemoryServer } from '../src/testing.ts';
import { histories } from './support/arbitrary.ts';
import { type RealServer, startServer } from './support/real-server.ts';

type Tables = Record<string, Row>;

/** The content of a database in a form that does not depend on the order of rows, elements and keys. */
type Content = Record<string, string[]>;

function contentOf(replica: Replica<Tables>, schema: DatabaseSchema<Tables>): Content {
  return Object.fromEntries(
    Object.keys(schema.tables).map((table) => [
      table,
      Array.from(replica.rows(table).values(), canonicalRow).sort(),
    ]),
  );
}

function canonicalRow(row: Row): string {
  return JSON.stringify(
    Object.entries(row)
      .map(([column, value]) => [column, canonical(value)])
      .sort(),
  );
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(one)).sort();
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map((pair) => JSON.stringify(pair))
      .sort();
  return value ?? [];
}

/** What `ovsdb-client dump` shows, which goes another way through the server: select. */
function dump(server: RealServer, schema: DatabaseSchema<Tables>): Content {
  const lines = server
    .client('dump', schema.name, '--format=json')
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const content: Content = Object.fromEntries(Object.keys(schema.tables).map((table) => [table, []]));
  for (const line of lines) {
    const { caption, headings, data } = JSON.parse(line) as {
      caption: string;
      headings: string[];
      data: unknown[][];
    };
    const columns = schema.tables[caption.replace(' table', '')]?.columns;
    const rows = data.map((cells) =>
      JSON.stringify(
        headings
          .map((column, n) => [
            column,
            canonical(fromDump(cells[n], column === '_uuid' ? undefined : columns?.[column]?.type)),
          ])
          .sort(),
      ),
    );
    content[caption.replace(' table', '')] = rows.sort();
  }
  return content;
}

function fromDump(
  cell: unknown,
  type: DatabaseSchema['tables'][string]['columns'][string]['type'] | undefined,
): unknown {
  const atom = (wire: unknown) => (Array.isArray(wire) && wire[0] === 'uuid' ? wire[1] : wire);
  if (Array.isArray(cell) && cell[0] === 'map') {
    return Object.fromEntries(
      (cell[1] as [unknown, unknown][]).map(([key, value]) => [String(key), atom(value)]),
    );
  }
  const elements = Array.isArray(cell) && cell[0] === 'set' ? (cell[1] as unknown[]).map(atom) : [atom(cell)];
  return type === undefined || type.max === 1 ? elements[0] : elements;
}

const all = { A: '*', B: '*' } as const;

async function outcome(
  client: OvsdbClient,
  database: string,
  operations: Parameters<OvsdbClient['transact']>[1],
): Promise<unknown> {
  try {
    return (await client.transact(database, operations)).map(({ count }) => count ?? null);
  } catch (error) {
    if (error instanceof OvsdbOperationError) return `failed at ${error.index}`;
    throw error;
  }
}

it('whatever happens, a replica is equal to the dump, and the server in memory to ovsdb-server', async () => {
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
      expect(contentOf(replica, schema)).toEqual(dump(real, schema));
      // A replica that begins now sees the same as one that has followed every change.
      await using late = await openReplica(client, schema, all);
      expect(contentOf(late, schema)).toEqual(contentOf(replica, schema));
    }),
    { numRuns: Number(process.env['OVSDB_RANDOM_RUNS'] ?? 60) },
  );
});
