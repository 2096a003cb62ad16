import { OvsdbSchemaError } from '../errors.ts';
import type { Atom, AtomicType, BaseType, ColumnType, ColumnValue } from '../schema/database-schema.ts';
import { isRowRef, isUuid } from '../schema/uuid.ts';
import { checkEnum, checkLimits, checkUnique, mismatch } from './limits.ts';
import type { WireValue } from './operations.ts';

/**
 * Writes a column's value in the notation of RFC 7047 §5.1.
 *
 * @throws OvsdbSchemaError when the value does not fit the type. An integer beyond 2^53 never fits, because a
 *   JavaScript number cannot represent it.
 */
export function encodeValue(type: ColumnType, value: unknown, name: string): WireValue {
  if (type.value) {
    const pairs = encodePairs(type.key, type.value, value, name);
    checkUnique(
      pairs.map(([key]) => key),
      `${name} has the same key`,
    );
    return ['map', pairs];
  }
  if (type.max === 1) {
    if (value === undefined || value === null) {
      if (type.min === 0) return ['set', []];
      throw new OvsdbSchemaError(`${name} must have a value`);
    }
    return encodeAtom(type.key, value, name);
  }
  if (!isIterable(value)) throw mismatch(name, 'a set', value);
  const elements = Array.from(value, (element) => encodeAtom(type.key, element, name));
  checkUnique(elements, `${name} has the same element`);
  return ['set', elements];
}

/** Writes one atom. */
export function encodeAtom(type: BaseType, value: unknown, name: string): WireValue {
  if (type.type === 'uuid') {
    if (isRowRef(value)) return ['named-uuid', value.namedUuid];
    if (!isUuid(value)) throw mismatch(name, 'a UUID', value);
    checkEnum(type, value.toLowerCase(), name);
    return ['uuid', value];
  }
  if (typeof value !== JS_TYPE[type.type]) throw mismatch(name, `of type ${type.type}`, value);
  if (type.type === 'integer' && !Number.isSafeInteger(value)) throw mismatch(name, 'a safe integer', value);
  if (type.type === 'real' && !Number.isFinite(value)) throw mismatch(name, 'a finite number', value);
  checkEnum(type, value as Atom, name);
  checkLimits(type, value as Atom, name);
  return value as Atom;
}

const JS_TYPE: Readonly<Record<Exclude<AtomicType, 'uuid'>, string>> = {
  integer: 'number',
  real: 'number',
  boolean: 'boolean',
  string: 'string',
};

function encodePairs(key: BaseType, value: BaseType, pairs: unknown, name: string): [WireValue, WireValue][] {
  if (typeof pairs !== 'object' || pairs === null || Array.isArray(pairs))
    throw mismatch(name, 'a map', pairs);
  const entries = isIterable(pairs)
    ? Array.from(pairs as Iterable<[unknown, unknown]>)
    : Object.entries(pairs);
  return entries.map(([k, v]) => [encodeAtom(key, keyFromText(key, k), name), encodeAtom(value, v, name)]);
}

/** Converts a key of a JavaScript object, which is always a string, to the column's key type. */
export function keyFromText(type: BaseType, key: unknown): unknown {
  if (typeof key !== 'string' || type.type === 'string' || type.type === 'uuid') return key;
  if (type.type === 'boolean') return key === 'true' ? true : key === 'false' ? false : key;
  return key.trim() === '' ? key : Number(key);
}

/**
 * Reads a column's value from the notation of RFC 7047 §5.1. Sets and maps are frozen.
 *
 * @param share replaces a text in a map by an equal one
 */
export function decodeValue(
  type: ColumnType,
  wire: WireValue,
  share?: (key: string, text: string) => string,
): ColumnValue {
  if (type.value) {
    const map: Record<string, Atom> = {};
    for (const pair of elements(wire)) {
      const [key, value] = pair as [WireValue, WireValue];
      const [name, atom] = [String(decodeAtom(key)), decodeAtom(value)];
      setPair(map, name, share && typeof atom === 'string' ? share(name, atom) : atom);
    }
    return Object.freeze(map);
  }
  if (type.max === 1) {
    if (typeof wire !== 'object') return wire;
    if (wire[0] === 'uuid') return wire[1] as string;
    const [first] = elements(wire);
    // The server's schema may allow an empty value where this schema requires one.
    return first === undefined ? defaultValue(type) : decodeAtom(first);
  }
  if (typeof wire !== 'object' || wire[0] !== 'set') return Object.freeze([decodeAtom(wire)]);
  return Object.freeze((wire[1] as readonly WireValue[]).map(decodeAtom));
}

/** Adds a pair to a map. A plain assignment to `__proto__` would be lost. */
export function setPair(map: Record<string, Atom>, key: string, value: Atom): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

/** Reads one atom: `["uuid", "…"]` becomes the string. */
export function decodeAtom(wire: WireValue): Atom {
  return typeof wire === 'object' ? (wire[1] as string) : wire;
}

/** The value of a column that was never written (RFC 7047 §5.2.1). */
export function defaultValue(type: ColumnType): ColumnValue {
  if (type.value) return EMPTY_MAP;
  if (type.max > 1) return EMPTY_SET;
  if (type.min === 0) return undefined;
  return DEFAULTS[type.key.type];
}

const EMPTY_MAP = Object.freeze({});
const EMPTY_SET: readonly Atom[] = Object.freeze([]);
const DEFAULTS: Readonly<Record<AtomicType, Atom>> = {
  integer: 0,
  real: 0,
  boolean: false,
  string: '',
  uuid: '00000000-0000-0000-0000-000000000000',
};

function elements(wire: WireValue): readonly WireValue[] {
  return (wire as readonly [string, readonly WireValue[]])[1];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
