import { OvsdbSchemaError } from '../errors.ts';
import type { Atom, BaseType, ColumnType } from '../schema/database-schema.ts';
import type { WireValue } from './operations.ts';
import { faultOfText } from './sendable.ts';

/** Checks an atom against the type's `enum` (RFC 7047 §3.2 `<base-type>`). @throws OvsdbSchemaError */
export function checkEnum(type: BaseType, value: Atom, name: string): void {
  if (type.enum && !type.enum.includes(value)) throw mismatch(name, `one of ${type.enum.join(', ')}`, value);
}

/**
 * Checks an atom against the type's smallest and largest number or length (RFC 7047 §3.2 `<base-type>`), and
 * a string for what the server cannot read.
 *
 * @throws OvsdbSchemaError
 */
export function checkLimits(type: BaseType, value: Atom, name: string): void {
  if (typeof value === 'number') {
    const isInteger = type.type === 'integer';
    const { min, max } = isInteger
      ? { min: type.minInteger, max: type.maxInteger }
      : { min: type.minReal, max: type.maxReal };
    checkRange(value, { min, max }, name);
  } else if (typeof value === 'string') {
    const fault = faultOfText(value);
    if (fault) throw new OvsdbSchemaError(`${name} ${fault.what}`);
    const { minLength: min, maxLength: max } = type;
    // The server counts characters, not UTF-16 units.
    if (min !== undefined || max !== undefined)
      checkRange([...value].length, { min, max }, `the length of ${name}`);
  }
}

/** Checks the number of elements or pairs of a column that is written. @throws OvsdbSchemaError */
export function checkSize(type: ColumnType, wire: WireValue, name: string): void {
  const isCollection = typeof wire === 'object' && (wire[0] === 'set' || wire[0] === 'map');
  const size = isCollection ? (wire[1] as readonly WireValue[]).length : 1;
  checkRange(size, type, `the number of values of ${name}`);
}

function checkRange(
  value: number,
  {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
  }: { min?: number | undefined; max?: number | undefined },
  name: string,
): void {
  if (value >= min && value <= max) return;
  const limits = [
    Number.isFinite(min) ? `at least ${min}` : '',
    Number.isFinite(max) ? `at most ${max}` : '',
  ].filter((text) => text !== '');
  throw mismatch(name, `a number of ${limits.join(' and ')}`, value);
}

/** Checks that no element or key appears twice. @throws OvsdbSchemaError beginning with `problem` */
export function checkUnique(atoms: readonly WireValue[], problem: string): void {
  const seen = new Set<string>();
  for (const atom of atoms) {
    const text = JSON.stringify(atom);
    if (seen.has(text)) throw new OvsdbSchemaError(`${problem} twice: ${text}`);
    seen.add(text);
  }
}

export function mismatch(name: string, expected: string, value: unknown): OvsdbSchemaError {
  return new OvsdbSchemaError(`${name} must be ${expected}, not ${describe(value)}`);
}

function describe(value: unknown): string {
  return typeof value === 'object' ? (value === null ? 'null' : 'an object') : `${JSON.stringify(value)}`;
}
