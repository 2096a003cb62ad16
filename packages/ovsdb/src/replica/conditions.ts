import type { ColumnType, TableSchema } from '../schema/database-schema.ts';
import type { WireCondition, WireValue } from '../wire/operations.ts';
import { decodeAtom, defaultValue } from '../wire/value-codec.ts';

/**
 * Conditions as a server takes them that may lack some of the columns. A row shows the default of a column that is
 * missing, so a condition on it holds for all rows or for none.
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

/** RFC 7047 §5.1 `<condition>`, for a column that was never written. */
function holdsForDefault(type: ColumnType, fn: string, value: WireValue): boolean {
  const own = defaultValue(type);
  if (own === undefined || typeof own === 'object') {
    const isEmpty = Array.isArray(value) && Array.isArray(value[1]) && value[1].length === 0;
    return fn === 'excludes' || (fn === '!=' ? !isEmpty : (fn === '==' || fn === 'includes') && isEmpty);
  }
  const other = decodeAtom(value);
  switch (fn) {
    case '==':
    case 'includes':
      return own === other;
    case '!=':
    case 'excludes':
      return own !== other;
    case '<':
      return own < other;
    case '<=':
      return own <= other;
    case '>':
      return own > other;
    default:
      return own >= other;
  }
}
