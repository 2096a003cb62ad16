import type { ColumnType, TableSchema } from '../schema/database-schema.ts';
import type { WireCondition, WireValue } from '../wire/operations.ts';
import { decodeAtom, defaultValue } from '../wire/value-codec.ts';

/**
 * Rewrites conditions for a server that may lack some of the columns. A row shows the default value of a
 * missing column, so a condition on that column holds for all rows or for none and becomes `true` or `false`.
 *
 * @param known the columns that the server has
 */
export function conditionsFor(
  schema: TableSchema,
  where: readonly WireCondition[],
  known: TableSchema['columns'],
): WireCondition[] {
  return where.map((condition) => {
    if (typeof condition === 'boolean') return condition;
    const [column, fn, value] = condition;
    const type = Object.hasOwn(schema.columns, column) ? schema.columns[column]?.type : undefined;
    return !type || Object.hasOwn(known, column) ? condition : holdsForDefault(type, fn, value);
  });
}

/** Whether a condition (RFC 7047 §5.1 `<condition>`) holds for the default value of a column. */
function holdsForDefault(type: ColumnType, fn: string, value: WireValue): boolean {
  const actual = defaultValue(type);
  if (actual === undefined || typeof actual === 'object') {
    const isEmpty = Array.isArray(value) && Array.isArray(value[1]) && value[1].length === 0;
    return fn === 'excludes' || (fn === '!=' ? !isEmpty : (fn === '==' || fn === 'includes') && isEmpty);
  }
  const expected = decodeAtom(value);
  switch (fn) {
    case '==':
    case 'includes':
      return actual === expected;
    case '!=':
    case 'excludes':
      return actual !== expected;
    case '<':
      return actual < expected;
    case '<=':
      return actual <= expected;
    case '>':
      return actual > expected;
    default:
      return actual >= expected;
  }
}
