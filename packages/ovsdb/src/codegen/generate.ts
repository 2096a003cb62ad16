import { OvsdbSchemaError } from '../errors.ts';
import type { Atom, BaseType, ColumnType } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';

/** Options of `generate`. */
export interface GenerateOptions {
  /** The exported names begin with this: for `nb` they are `nbSchema` and `NbTables`. */
  readonly prefix: string;
  /** From where the generated module imports this package: its name, or a relative path to `src`. */
  readonly importFrom: string;
}

/**
 * Writes the TypeScript module for an .ovsschema: one interface per table, the interface of all tables, and
 * the schema as a value typed with it.
 *
 * The names, version and references are checked so that no text of the schema can become code.
 *
 * @param json the parsed .ovsschema
 * @throws OvsdbSchemaError when a name is not an `<id>` or the version not a `<version>` of RFC 7047 §3.1,
 *   when a `refTable` is not a table of the schema, or when the prefix is not an identifier
 */
export function generate(json: unknown, { prefix, importFrom }: GenerateOptions): string {
  const schema = parseSchema(json);
  const tables = Object.entries(schema.tables);
  const names = tables.flatMap(([name, { columns }]) => [name, ...Object.keys(columns)]);
  for (const name of [prefix, schema.name, ...names])
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new OvsdbSchemaError(`"${name}" is not a name`);
  if (!/^[0-9]+\.[0-9]+\.[0-9]+$/.test(schema.version))
    throw new OvsdbSchemaError(`"${schema.version}" is not a version`);
  const bases = tables.flatMap(([, { columns }]) =>
    Object.values(columns).flatMap(({ type }) => [type.key, type.value]),
  );
  for (const table of bases.map((base) => base?.refTable).filter((name) => name !== undefined))
    if (!Object.hasOwn(schema.tables, table)) throw new OvsdbSchemaError(`"${table}" is not a table`);
  const typeName = `${capitalize(prefix)}Tables`;
  const interfaceNames = nameInterfaces(prefix, Object.keys(schema.tables), typeName);
  const usesRef = tables.some(([, table]) =>
    Object.values(table.columns).some(({ type }) => type.key.refTable ?? type.value?.refTable),
  );
  return [
    `// Generated from the schema of ${schema.name} ${schema.version} by ovsdb-codegen. Do not edit.`,
    ...(importFrom.startsWith('.')
      ? [
          `import type { DatabaseSchema } from '${importFrom}/schema/database-schema.ts';`,
          `import { parseSchema } from '${importFrom}/schema/parse-schema.ts';`,
          `import type { ${usesRef ? 'Ref, ' : ''}Uuid } from '${importFrom}/schema/uuid.ts';`,
        ]
      : [
          `import { type DatabaseSchema, parseSchema, ${usesRef ? 'type Ref, ' : ''}type Uuid } from '${importFrom}';`,
        ]),
    '',
    ...tables.flatMap(([name, table]) => [
      `/** A row of ${name}.${table.isRoot ? '' : ' OVSDB deletes it when no other row refers to it.'} */`,
      `export interface ${interfaceNames.get(name)} {`,
      '  readonly _uuid: Uuid;',
      ...Object.entries(table.columns).map(
        ([column, { type }]) => `  readonly ${column}: ${columnType(type)};`,
      ),
      '}',
      '',
    ]),
    `/** The tables of ${schema.name}. */`,
    `export interface ${typeName} {`,
    ...tables.map(([name]) => `  readonly ${name}: ${interfaceNames.get(name)};`),
    '}',
    '',
    `/** The schema of ${schema.name} ${schema.version}. */`,
    `export const ${prefix}Schema: DatabaseSchema<${typeName}> = /* @__PURE__ */ parseSchema<${typeName}>(`,
    `${JSON.stringify(json)},`,
    ');',
    '',
  ].join('\n');
}

/**
 * Names the interface of each table: `Logical_Switch` of `nb` becomes `NbLogicalSwitch`. A table keeps its
 * underscores when the short name is taken or another table would have the same one.
 */
function nameInterfaces(prefix: string, tables: readonly string[], taken: string): Map<string, string> {
  const short = (table: string) => [prefix, ...table.split('_')].map(capitalize).join('');
  const uses = Map.groupBy(tables, short);
  return new Map(
    tables.map((table) => {
      const name = short(table);
      return [
        table,
        name === taken || uses.get(name)?.length !== 1 ? `${capitalize(prefix)}_${table}` : name,
      ];
    }),
  );
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The TypeScript literal of a value; strings in single quotes. */
function literal(value: Atom): string {
  const json = JSON.stringify(value);
  if (typeof value !== 'string') return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function columnType({ key, value, min, max }: ColumnType): string {
  if (value) return `Readonly<Record<string, ${atomType(value)}>>`;
  if (min === 1 && max === 1) return atomType(key);
  if (max === 1) return `${atomType(key)} | undefined`;
  const atom = atomType(key);
  return `readonly ${atom.includes('|') ? `(${atom})` : atom}[]`;
}

function atomType(base: BaseType): string {
  if (base.enum) return base.enum.map(literal).join(' | ');
  if (base.type === 'uuid') return base.refTable ? `Ref<'${base.refTable}'>` : 'Uuid';
  if (base.type === 'integer' || base.type === 'real') return 'number';
  return base.type;
}
