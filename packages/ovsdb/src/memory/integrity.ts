import type { Atom, BaseType, ColumnType, DatabaseSchema } from '../schema/database-schema.ts';
import { checkSize, type Datum, writeDatum } from './datum.ts';
import type { Draft } from './draft.ts';
import { fail } from './failure.ts';
import type { MemoryRow } from './memory-row.ts';

/**
 * Checks a draft before it is committed (RFC 7047 §3.2, §4.1.3), in ovsdb-server's order: every strong
 * reference must refer to a row, unreferenced rows outside root tables are deleted, weak references to
 * missing rows are removed, then the number of rows and the unique indexes are checked.
 *
 * @throws Failure
 */
export function checkIntegrity(draft: Draft, schema: DatabaseSchema): void {
  checkStrongReferences(draft, schema);
  collectGarbage(draft, schema);
  dropWeakReferences(draft, schema);
  for (const [name, { maxRows, indexes, columns }] of Object.entries(schema.tables)) {
    const table = draft.table(name);
    if (table.size > maxRows)
      fail('constraint violation', `${name} would have ${table.size} rows, which is more than ${maxRows}`);
    for (const index of indexes) checkIndex(name, [...table.values()], index, columns);
  }
}

function collectGarbage(draft: Draft, schema: DatabaseSchema): void {
  const dependent = Object.entries(schema.tables).filter(([, { isRoot }]) => !isRoot);
  // RFC 7047 §3.2: in a schema without any root table all tables are root tables.
  if (dependent.length === Object.keys(schema.tables).length) return;
  for (let removed = true; removed; ) {
    removed = false;
    const referred = new Set<Atom>();
    for (const [, row, type, datum] of references(draft, schema, 'strong')) {
      for (const uuid of referredBy(type, datum, 'strong'))
        if (uuid.uuid !== row.uuid) referred.add(uuid.uuid);
    }
    for (const [name] of dependent) {
      for (const { uuid } of draft.table(name).values()) {
        if (referred.has(uuid)) continue;
        draft.remove(name, uuid);
        removed = true;
      }
    }
  }
}

function checkStrongReferences(draft: Draft, schema: DatabaseSchema): void {
  for (const [table, row, type, datum] of references(draft, schema, 'strong')) {
    for (const { uuid, target } of referredBy(type, datum, 'strong')) {
      if (draft.table(target).has(uuid)) continue;
      fail(
        'referential integrity violation',
        `${table} ${row.uuid} refers to ${target} ${uuid}, which does not exist`,
      );
    }
  }
}

function dropWeakReferences(draft: Draft, schema: DatabaseSchema): void {
  for (const [table, row, type, datum, column] of [...references(draft, schema, 'weak')]) {
    const dangling = (base: BaseType | undefined, atom: Atom) =>
      base?.refTable !== undefined &&
      base.refType === 'weak' &&
      !draft.table(base.refTable).has(String(atom));
    const remaining = [...datum].filter(
      ([key, value]) => !dangling(type.key, key) && !dangling(type.value, value),
    );
    if (remaining.length === datum.size) continue;
    // This loop may already have changed another column of the row.
    const latest = draft.table(table).get(row.uuid) ?? row;
    draft.put(table, {
      ...latest,
      columns: { ...latest.columns, [column]: checkSize(type, new Map(remaining)) },
    });
  }
}

type RefType = 'strong' | 'weak';

/** Yields every value of every column that has references of this kind. */
function* references(
  draft: Draft,
  schema: DatabaseSchema,
  kind: RefType,
): Generator<readonly [table: string, row: MemoryRow, type: ColumnType, datum: Datum, column: string]> {
  for (const [table, { columns }] of Object.entries(schema.tables)) {
    for (const [column, { type }] of Object.entries(columns)) {
      if (!isReference(type.key, kind) && !isReference(type.value, kind)) continue;
      for (const row of draft.table(table).values())
        yield [table, row, type, row.columns[column] ?? new Map(), column];
    }
  }
}

function isReference(base: BaseType | undefined, kind: RefType): boolean {
  return base?.refTable !== undefined && (base.refType ?? 'strong') === kind;
}

function* referredBy(
  { key, value }: ColumnType,
  datum: Datum,
  kind: RefType,
): Generator<{ uuid: string; target: string }> {
  for (const [k, v] of datum) {
    if (isReference(key, kind)) yield { uuid: String(k), target: key.refTable as string };
    if (isReference(value, kind)) yield { uuid: String(v), target: value?.refTable as string };
  }
}

function checkIndex(
  table: string,
  rows: readonly MemoryRow[],
  index: readonly string[],
  columns: DatabaseSchema['tables'][string]['columns'],
): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const values = index.map((column) =>
      writeDatum(columns[column]?.type as ColumnType, row.columns[column] ?? new Map()),
    );
    const key = JSON.stringify(values);
    if (seen.has(key))
      fail(
        'constraint violation',
        `two rows of ${table} would have ${key} in the index on ${index.join(', ')}`,
      );
    seen.add(key);
  }
}
