import { OvsdbProtocolError } from '../errors.ts';
import type {
  Atom,
  ColumnSchema,
  ColumnType,
  ColumnValue,
  Row,
  TableSchema,
} from '../schema/database-schema.ts';
import type { Uuid } from '../schema/uuid.ts';
import type { WireRow, WireValue } from '../wire/operations.ts';
import { decodeValue, defaultValue, setPair } from '../wire/value-codec.ts';
import { SharedTexts } from './shared-texts.ts';

type Cells = Record<string, ColumnValue>;

/** Converts the rows of one table from JSON. */
export class RowCodec {
  readonly #types = new Map<string, ColumnType>();
  readonly #texts = new SharedTexts();
  readonly #share = (key: string, text: string): string => this.#texts.share(key, text);
  /**
   * Rows that are copies of one template share V8's hidden class, and copying is much faster than column by
   * column.
   */
  readonly #template: Cells;

  constructor(schema: TableSchema, columns: readonly string[]) {
    const known = columns.filter((column) => Object.hasOwn(schema.columns, column));
    // If columns are added one by one, V8 turns the object into a slow, large hash table. With JSON.parse it
    // does not.
    this.#template = JSON.parse(
      JSON.stringify(Object.fromEntries(['_uuid', ...known].map((column) => [column, null]))),
    ) as Cells;
    this.#template['_uuid'] = '';
    for (const column of known) {
      const type = (schema.columns[column] as ColumnSchema).type;
      this.#types.set(column, type);
      this.#template[column] = defaultValue(type);
    }
  }

  /** Decodes a whole row. Columns that are left out have their default value (ovsdb-server(7) §4.1.14). */
  decode(uuid: Uuid, wire: WireRow): Row {
    const row: Cells = { ...this.#template };
    row['_uuid'] = uuid;
    for (const column in wire) {
      const type = this.#types.get(column);
      if (type) row[column] = decodeValue(type, wire[column] as WireValue, this.#share);
    }
    return Object.freeze(row) as Row;
  }

  /**
   * The row after a change (ovsdb-server(7) §4.1.14 "modify"). For sets and maps, `wire` contains the
   * difference.
   */
  patch(old: Row, wire: WireRow): Row {
    const row: Cells = { ...old };
    for (const column in wire) {
      const type = this.#types.get(column);
      if (type)
        row[column] = applyDifference(
          type,
          old[column],
          decodeValue(type, wire[column] as WireValue, this.#share),
        );
    }
    return Object.freeze(row) as Row;
  }

  /** Whether two rows are equal. */
  equal(a: Row, b: Row): boolean {
    for (const [column, type] of this.#types) {
      if (!equalValues(type, a[column], b[column])) return false;
    }
    return true;
  }
}

function applyDifference(type: ColumnType, old: ColumnValue, difference: ColumnValue): ColumnValue {
  if (type.max === 1) return difference;
  if (type.value) return toggledMap(old as Record<string, Atom>, difference as Record<string, Atom>);
  return toggledSet(old as readonly Atom[], difference as readonly Atom[]);
}

/** The elements that are in exactly one of the two sets. */
function toggledSet(old: readonly Atom[], difference: readonly Atom[]): readonly Atom[] {
  const toggle = new Set(difference);
  const result: Atom[] = [];
  // Most differences are additions to a long set; a Set makes the look-up of each old element cheap.
  for (const element of old) if (!toggle.delete(element)) result.push(element);
  for (const element of toggle) result.push(element);
  return Object.freeze(result);
}

/**
 * Applies a difference to a map: a pair that is in both is removed, any other pair of `difference` is added
 * or replaces the value of its key.
 */
function toggledMap(
  old: Readonly<Record<string, Atom>>,
  difference: Readonly<Record<string, Atom>>,
): Readonly<Record<string, Atom>> {
  const map: Record<string, Atom> = { ...old };
  for (const [key, value] of Object.entries(difference)) {
    if (Object.hasOwn(map, key) && map[key] === value) delete map[key];
    else setPair(map, key, value);
  }
  return Object.freeze(map);
}

/** Whether two values of a column are equal. Sets and maps have no order. */
export function equalValues(type: ColumnType, a: ColumnValue, b: ColumnValue): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || typeof a !== 'object' || typeof b !== 'object') return false;
  if (!type.value) {
    if (a['length'] !== b['length']) return false;
    const elements = new Set(a as readonly Atom[]);
    return (b as readonly Atom[]).every((element) => elements.has(element));
  }
  const pairs = a as Readonly<Record<string, Atom>>;
  const others = b as Readonly<Record<string, Atom>>;
  const keys = Object.keys(pairs);
  return (
    keys.length === Object.keys(others).length &&
    keys.every((key) => Object.hasOwn(others, key) && others[key] === pairs[key])
  );
}

/** Reports that the server changed a row that it had not sent. @throws OvsdbProtocolError always */
export function unknownRow(table: string, uuid: Uuid): never {
  throw new OvsdbProtocolError(`the server changed ${table} ${uuid}, which it had not sent`);
}
