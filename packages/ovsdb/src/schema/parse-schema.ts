import { OvsdbSchemaError } from '../errors.ts';
import type { WireValue } from '../wire/operations.ts';
import { decodeAtom } from '../wire/value-codec.ts';
import type {
  Atom,
  AtomicType,
  BaseType,
  ColumnSchema,
  ColumnType,
  DatabaseSchema,
  TableSchema,
} from './database-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const ATOMIC_TYPES: ReadonlySet<unknown> = new Set(['integer', 'real', 'boolean', 'string', 'uuid']);

/**
 * Reads a `<database-schema>` (RFC 7047 §3.2), as an .ovsschema file contains it and as get_schema returns
 * it.
 *
 * @param json the parsed JSON
 * @returns the schema in its long form, with every default filled in
 * @throws OvsdbSchemaError when `json` is not a database schema
 * @example
 * ```ts
 * const schema = parseSchema(JSON.parse(readFileSync('my.ovsschema', 'utf8')));
 * console.log(schema.name, schema.version, Object.keys(schema.tables));
 * ```
 */
export function parseSchema<Tables>(json: unknown): DatabaseSchema<Tables> {
  const schema = object(json, 'schema');
  return {
    name: string(schema['name'], 'name'),
    version: typeof schema['version'] === 'string' ? schema['version'] : '0.0.0',
    tables: mapValues(object(schema['tables'], 'tables'), parseTable),
  };
}

function parseTable(json: unknown, name: string): TableSchema {
  const table = object(json, name);
  return {
    columns: mapValues(object(table['columns'], `${name}.columns`), (column, columnName) =>
      parseColumn(column, `${name}.${columnName}`),
    ),
    maxRows: typeof table['maxRows'] === 'number' ? table['maxRows'] : Number.POSITIVE_INFINITY,
    isRoot: table['isRoot'] === true,
    indexes: (table['indexes'] ?? []) as readonly (readonly string[])[],
  };
}

function parseColumn(json: unknown, name: string): ColumnSchema {
  const column = object(json, name);
  return {
    type: parseType(column['type'], name),
    ephemeral: column['ephemeral'] === true,
    mutable: column['mutable'] !== false,
  };
}

function parseType(json: unknown, name: string): ColumnType {
  if (typeof json === 'string') return { key: parseBase(json, name), min: 1, max: 1 };
  const type = object(json, `${name}.type`);
  const max = type['max'] ?? 1;
  return {
    key: parseBase(type['key'], `${name}.key`),
    ...(type['value'] === undefined ? {} : { value: parseBase(type['value'], `${name}.value`) }),
    min: typeof type['min'] === 'number' ? type['min'] : 1,
    max: max === 'unlimited' ? Number.POSITIVE_INFINITY : (max as number),
  };
}

function parseBase(json: unknown, name: string): BaseType {
  const base = typeof json === 'string' ? { type: json } : object(json, name);
  if (!ATOMIC_TYPES.has(base['type']))
    throw new OvsdbSchemaError(`${name}: "${String(base['type'])}" is not an atomic type`);
  const { enum: allowed, ...rest } = base as { type: AtomicType; enum?: unknown };
  return allowed === undefined ? rest : { ...rest, enum: parseEnum(allowed) };
}

/** An enum is written as an OVSDB value: one atom, or `["set", [...]]`. */
function parseEnum(json: unknown): readonly Atom[] {
  const atoms = Array.isArray(json) && json[0] === 'set' ? (json[1] as WireValue[]) : [json as WireValue];
  return atoms.map(decodeAtom);
}

function mapValues<V>(from: Json, convert: (value: unknown, key: string) => V): Readonly<Record<string, V>> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, convert(value, key)]));
}

function object(json: unknown, name: string): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new OvsdbSchemaError(`${name} is not a JSON object`);
  return json as Json;
}

function string(json: unknown, name: string): string {
  if (typeof json !== 'string') throw new OvsdbSchemaError(`${name} is not a string`);
  return json;
}
