import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DatabaseSchema, Replica, Row } from '../../src/index.ts';

type Tables = Record<string, Row>;

/** The content of a database, independent of the order of rows, elements and keys. */
export type Content = Record<string, string[]>;

/** The content of a replica. */
export function contentOf(replica: Replica<Tables>, schema: DatabaseSchema<Tables>): Content {
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
  if (Array.isArray(value)) return value.map((element) => JSON.stringify(element)).sort();
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map((pair) => JSON.stringify(pair))
      .sort();
  return value ?? [];
}

/**
 * The content that `ovsdb-client dump` shows. It reads by select, which is other code in the server than
 * monitors. Columns that `schema` lacks are left out.
 */
export async function dump(remote: string, schema: DatabaseSchema<Tables>): Promise<Content> {
  const { stdout } = await promisify(execFile)(
    'ovsdb-client',
    ['-t', '30', '--format=json', 'dump', remote, schema.name],
    { maxBuffer: 1 << 28 },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
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
          .map((column, n) => [column, canonical(fromDump(cells[n], columns?.[column]?.type))] as const)
          .filter(([column]) => column === '_uuid' || columns?.[column])
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
