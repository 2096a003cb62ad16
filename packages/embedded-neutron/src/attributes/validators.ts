import { canonical, versionOf } from '../addresses/addresses.ts';
import { padded } from '../addresses/notations.ts';
import { neutronError } from '../errors.ts';
import { limits } from '../limits.ts';
import { Invalid, type Parse } from './parse.ts';
import { printed } from './python-text.ts';

const TRUE = ['1', 't', 'true', 'on', 'y', 'yes'];
const FALSE = ['0', 'f', 'false', 'off', 'n', 'no'];

/** A string of at most `max` characters. */
export const text =
  (max = 255): Parse<string> =>
  (value) => {
    if (typeof value !== 'string') throw new Invalid(`'${printed(value)}' is not a valid string`);
    // Python counts characters, JavaScript counts UTF-16 code units.
    if (value.length > max && [...value].length > max)
      throw new Invalid(`'${value}' exceeds maximum length of ${max}`);
    return value;
  };

/** A boolean, also as one of the words and digits that Neutron accepts. @throws NeutronError InvalidInput */
export const bool: Parse<boolean> = (value) => {
  const word = printed(value).trim().toLowerCase();
  if (TRUE.includes(word)) return true;
  if (FALSE.includes(word)) return false;
  throw neutronError('InvalidInput', `'${printed(value)}' cannot be converted to boolean`);
};

/** An integer, also as text, a boolean or a number with decimals. @throws NeutronError InvalidInput */
export const integer: Parse<number> = (value) => {
  const number = toInteger(value);
  if (number !== undefined) return number;
  throw neutronError('InvalidInput', `'${printed(value)}' is not an integer`);
};

/** The integer that Python's `int` returns; undefined if it refuses the value. */
function toInteger(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return undefined;
  return Number(value.replaceAll('_', ''));
}

/** An {@link integer} that is 0 or more. */
export const nonNegative: Parse<number> = (value) => {
  const number = integer(value);
  if (number < 0) throw new Invalid(`'${number}' should be non-negative`);
  return number;
};

/** An {@link integer} within bounds. */
export const range =
  (min: number, max: number): Parse<number> =>
  (value) => {
    const number = integer(value);
    if (number < min) throw new Invalid(`'${number}' is too small - must be at least '${min}'`);
    if (number > max) throw new Invalid(`'${number}' is too large - must be no larger than '${max}'`);
    return number;
  };

/** One of the given values. */
export const oneOf =
  <const T extends string | number>(...values: readonly T[]): Parse<T> =>
  (value) => {
    const found = values.find((each) => each === value);
    if (found !== undefined) return found;
    throw new Invalid(`${printed(value)} is not in valid_values`);
  };

/** A UUID in one of the notations that Python's `uuid.UUID` reads. */
export const uuid: Parse<string> = (value) => {
  if (typeof value === 'string' && /^[0-9a-f]{32}$/i.test(value.replaceAll('-', ''))) return value;
  throw new Invalid(`'${printed(value)}' is not a valid UUID`);
};

/** An IP address without prefix length, in canonical form. */
export const ip: Parse<string> = (value) => {
  if (typeof value === 'string') {
    if (versionOf(value) !== undefined) return canonical(value);
    const four = padded(value);
    if (value.split('.').length === 4 && versionOf(four) === 4)
      throw new Invalid(`'${value}' is not an accepted IP address, '${four}' is recommended`);
  }
  throw new Invalid(`'${printed(value)}' is not a valid IP address`);
};

/** What `parse` reads, or null. */
export const nullable =
  <T>(parse: Parse<T>): Parse<T | null> =>
  (value) =>
    value === null ? null : parse(value);

/** What `parse` reads; null is the same as `absent`. */
export const orNull =
  <T>(parse: Parse<T>, absent: unknown): Parse<T> =>
  (value) =>
    parse(value === null ? absent : value);

/** Only null: the service lacks what the attribute refers to. */
export const nothing =
  (what: string): Parse<null> =>
  (value) => {
    if (value === null) return null;
    throw new Invalid(`${what} are not available`);
  };

/** A list of items that differ. */
export const uniqueList =
  <T>(item: Parse<T>): Parse<readonly T[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new Invalid(`'${printed(value)}' is not a list`);
    const twice = duplicates(value);
    if (twice.length > 0)
      throw new Invalid(`Duplicate items in the list: '${twice.map(printed).join(', ')}'`);
    return value.map(item);
  };

/**
 * A JSON object with exactly the given keys.
 *
 * @throws Invalid
 */
export function requireKeys<K extends string>(
  value: unknown,
  keys: readonly K[],
): Readonly<Record<K, unknown>> {
  if (!isObject(value)) {
    throw new Invalid(`Invalid input. '${printed(value)}' must be a dictionary with keys: ${printed(keys)}`);
  }
  const provided = Object.keys(value);
  if (provided.length === keys.length && keys.every((key) => provided.includes(key))) return value;
  const set = (names: readonly string[]) =>
    names.length === 0 ? 'set()' : `{${names.map((name) => `'${name}'`).join(', ')}}`;
  throw new Invalid(
    `Validation of dictionary's keys failed. Expected keys: ${set(keys)} Provided keys: ${set(provided)}`,
  );
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items that a list contains more than once. */
function duplicates(list: readonly unknown[]): unknown[] {
  const counts = new Map<string, number>();
  return list.filter((item) => {
    const key = JSON.stringify(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts.get(key) === 2;
  });
}

/** What `parse` reads, which is a list of at most `max` items. */
export const atMost =
  <T>(max: number, parse: Parse<T>): Parse<T> =>
  (value) => {
    if (Array.isArray(value) && value.length > max) {
      throw new Invalid(`The list has ${value.length} items, and at most ${max} are allowed`);
    }
    return parse(value);
  };

/** Tags. Neutron documents a limit of 60 characters for each, but accepts 255, and any number of tags. */
export const tags: Parse<readonly string[]> = atMost(limits.tags.most, uniqueList(text(255)));
