import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnValue, Row, TableSchema } from '../schema/database-schema.ts';
import type { Uuid } from '../schema/uuid.ts';
import { equalValues, RowCodec } from './row-codec.ts';
import { TableIndex } from './table-index.ts';

/** The rows of one table, with its indexes. */
export class TableStore {
  readonly name: string;
  readonly rows = new Map<Uuid, Row>();
  /** The columns that are replicated. */
  readonly columns: readonly string[];
  readonly codec: RowCodec;
  readonly #schema: TableSchema;
  readonly #indexes: TableIndex[] = [];

  constructor(name: string, schema: TableSchema, columns: readonly string[]) {
    this.name = name;
    this.columns = columns;
    this.codec = new RowCodec(schema, columns);
    this.#schema = schema;
    for (const [column, ...others] of schema.indexes) {
      if (column === undefined || others.length > 0 || !columns.includes(column)) continue;
      const type = schema.columns[column]?.type;
      if (type && !type.value && type.max === 1) this.addIndex(column, undefined);
    }
  }

  /** Adds an index, before the first row. @throws OvsdbSchemaError when the column cannot have an index */
  addIndex(column: string, key: string | undefined): void {
    const type = this.#schema.columns[column]?.type;
    if (!type || !this.columns.includes(column))
      throw new OvsdbSchemaError(`${this.name}.${column} is not replicated, so it cannot have an index`);
    const isMap = type.value !== undefined;
    if (isMap !== (key !== undefined) || (!isMap && type.max > 1)) {
      throw new OvsdbSchemaError(
        `an index is on a column of one value, or on one key of a map: ${this.name}.${column} does not fit`,
      );
    }
    if (this.#indexes.some((index) => index.column === column && index.key === key)) return;
    this.#indexes.push(new TableIndex(column, key));
  }

  /** Adds a row, or replaces the row with the same UUID. */
  put(row: Row): void {
    const old = this.rows.get(row._uuid);
    this.rows.set(row._uuid, row);
    for (const index of this.#indexes) {
      if (old) {
        if (index.valueOf(old) === index.valueOf(row)) continue;
        index.remove(old);
      }
      index.add(row);
    }
  }

  remove(row: Row): void {
    this.rows.delete(row._uuid);
    for (const index of this.#indexes) index.remove(row);
  }

  clear(): void {
    this.rows.clear();
    for (const index of this.#indexes) index.clear();
  }

  /** The rows whose columns equal these values. A map column matches when it contains the given pairs. */
  find(match: Readonly<Record<string, ColumnValue>>): Row[] {
    for (const column of Object.keys(match)) {
      if (column !== '_uuid' && !this.columns.includes(column))
        throw new OvsdbSchemaError(`${this.name}.${column} is not replicated`);
    }
    const found: Row[] = [];
    for (const row of this.#candidates(match)) if (this.#matches(row, match)) found.push(row);
    return found;
  }

  *#candidates(match: Readonly<Record<string, ColumnValue>>): Iterable<Row> {
    if (typeof match['_uuid'] === 'string') {
      const row = this.rows.get(match['_uuid']);
      if (row) yield row;
      return;
    }
    for (const index of this.#indexes) {
      const value = index.valueOf(match);
      if (value === undefined) continue;
      for (const uuid of index.find(value)) yield this.rows.get(uuid) as Row;
      return;
    }
    yield* this.rows.values();
  }

  #matches(row: Row, match: Readonly<Record<string, ColumnValue>>): boolean {
    for (const column in match) {
      const expected = match[column];
      const type = this.#schema.columns[column]?.type;
      if (!type) {
        if (row._uuid !== expected) return false;
      } else if (type.value) {
        if (!containsPairs(row[column], expected)) return false;
      } else if (!equalValues(type, row[column], expected)) return false;
    }
    return true;
  }
}

function containsPairs(value: ColumnValue, expected: ColumnValue): boolean {
  const map = value as Readonly<Record<string, ColumnValue>>;
  return Object.entries(expected ?? {}).every(
    ([key, content]) => Object.hasOwn(map, key) && map[key] === content,
  );
}
