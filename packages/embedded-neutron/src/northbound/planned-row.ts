import { type NbTables, nbSchema, type Uuid } from '@ovn-docker/ovsdb';
import type { NbTable } from './row-index.ts';

type Values = Readonly<Record<string, unknown>>;
type Row = NbTables[NbTable];

const typesOf = (table: NbTable) => nbSchema.tables[table]?.columns ?? {};

const DEFAULTS = { integer: 0, real: 0, boolean: false, string: '', uuid: '' } as const;

/** The value of a column that an insert leaves out (RFC 7047 §5.2.1). */
function defaultOf(table: NbTable, column: string): unknown {
  const type = typesOf(table)[column]?.type;
  if (type === undefined || (type.min === 0 && type.max === 1 && !type.value)) return undefined;
  return type.value ? {} : type.max > 1 ? [] : DEFAULTS[type.key.type];
}

const emptyRows = new Map<NbTable, Values>();

function emptyRow(table: NbTable): Values {
  const known = emptyRows.get(table);
  if (known) return known;
  const row = Object.fromEntries(
    Object.keys(typesOf(table)).map((column) => [column, defaultOf(table, column)]),
  );
  emptyRows.set(table, row);
  return row;
}

/** The row that an insert makes. */
export function insertedRow(table: NbTable, uuid: Uuid, columns: Values): Row {
  return changedRow(table, { ...emptyRow(table), _uuid: uuid } as unknown as Row, columns);
}

/** The row after an update. As in a transaction, undefined empties only an optional column. */
export function changedRow(table: NbTable, row: Row, columns: Values): Row {
  const changed: Record<string, unknown> = { ...row };
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined || defaultOf(table, column) === undefined) changed[column] = value;
  }
  return changed as unknown as Row;
}

/** What a mutation removes from and adds to columns: elements of sets; keys or pairs of maps. */
export interface Mutation {
  readonly delete?: Values;
  readonly insert?: Values;
}

/** The row after a mutation; the same object if no replicated column changes. Other columns stay unknown. */
export function mutatedRow(row: Row, { delete: removed = {}, insert: added = {} }: Mutation): Row {
  const columns = [...Object.keys(removed), ...Object.keys(added)];
  if (columns.every((column) => (row as unknown as Values)[column] === undefined)) return row;
  const changed: Record<string, unknown> = { ...row };
  for (const [column, value] of Object.entries(removed)) {
    if (changed[column] !== undefined) changed[column] = without(changed[column], value);
  }
  for (const [column, value] of Object.entries(added)) {
    if (changed[column] !== undefined) changed[column] = withAdded(changed[column], value);
  }
  return changed as unknown as Row;
}

function without(before: unknown, removed: unknown): unknown {
  const keys = new Set(Array.isArray(removed) ? removed : Object.keys(removed as object));
  if (Array.isArray(before)) return before.filter((element) => !keys.has(element));
  return Object.fromEntries(Object.entries(before as object).filter(([key]) => !keys.has(key)));
}

/** OVSDB does not insert a pair whose key exists. */
function withAdded(before: unknown, added: unknown): unknown {
  if (Array.isArray(before)) return [...new Set([...before, ...(added as readonly unknown[])])];
  return { ...(added as object), ...(before as object) };
}

/** The tables whose rows OVSDB deletes when no column refers to them, by the columns that refer to them. */
export function childTable(table: NbTable, column: string): NbTable | undefined {
  const key = typesOf(table)[column]?.type.key;
  if (key?.refTable === undefined || key.refType === 'weak') return undefined;
  return nbSchema.tables[key.refTable]?.isRoot === false ? (key.refTable as NbTable) : undefined;
}
