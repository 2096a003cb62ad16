import type { Atom, BaseType, ColumnType } from '../schema/database-schema.ts';
import { isUuid } from '../schema/uuid.ts';
import type { WireValue } from '../wire/operations.ts';
import { fail } from './failure.ts';

/**
 * A column's value: the elements of a set, each with the value `true`, or the pairs of a map. A scalar is a
 * set of one element. UUIDs are strings; only the column's type distinguishes them from text.
 */
export type Datum = ReadonlyMap<Atom, Atom>;

/** Returns the UUID of a row that the transaction names (RFC 7047 §5.1 `<named-uuid>`). */
export type ResolveName = (name: string) => string;

/** Reads a value from JSON and checks it against the type (RFC 7047 §5.1, §3.2). */
export function readDatum(type: ColumnType, wire: WireValue, resolve: ResolveName): Datum {
  const isMap = Array.isArray(wire) && wire[0] === 'map';
  if (isMap !== (type.value !== undefined))
    fail('syntax error', `expected a ${type.value ? 'map' : 'set or atom'}`);
  const entries = isMap ? readPairs(type, wire[1], resolve) : readElements(type.key, wire, resolve);
  const datum = new Map(entries);
  if (datum.size !== entries.length) fail('ovsdb error', 'an element or key occurs twice');
  if (entries.length < type.min || entries.length > type.max)
    fail('syntax error', `${entries.length} elements, where ${type.min} to ${type.max} are allowed`);
  return datum;
}

/** @throws Failure when there are fewer or more elements than the type allows */
export function checkSize(type: ColumnType, datum: Datum): Datum {
  if (datum.size < type.min || datum.size > type.max) {
    fail('constraint violation', `${datum.size} elements, where ${type.min} to ${type.max} are allowed`);
  }
  return datum;
}

function readElements(type: BaseType, wire: WireValue, resolve: ResolveName): [Atom, Atom][] {
  const elements = Array.isArray(wire) && wire[0] === 'set' ? readList(wire[1]) : [wire];
  return elements.map((element) => [readAtom(type, element, resolve), true]);
}

function readPairs(type: ColumnType, wire: WireValue | undefined, resolve: ResolveName): [Atom, Atom][] {
  return readList(wire).map((pair) => {
    const [key, value, ...more] = readList(pair);
    if (key === undefined || value === undefined || more.length > 0) fail('syntax error', 'expected a pair');
    return [readAtom(type.key, key, resolve), readAtom(type.value as BaseType, value, resolve)];
  });
}

function readList(wire: WireValue | undefined): readonly WireValue[] {
  return Array.isArray(wire) ? wire : fail('syntax error', 'expected an array');
}

/** Reads one atom and checks it. */
export function readAtom(type: BaseType, wire: WireValue, resolve: ResolveName): Atom {
  if (type.type === 'uuid') {
    if (Array.isArray(wire) && wire[0] === 'uuid' && isUuid(wire[1])) return wire[1];
    if (Array.isArray(wire) && wire[0] === 'named-uuid') return resolve(String(wire[1]));
    return fail('syntax error', 'expected a UUID');
  }
  const expected = type.type === 'integer' || type.type === 'real' ? 'number' : type.type;
  if (typeof wire !== expected || (type.type === 'integer' && !Number.isInteger(wire))) {
    fail('syntax error', `expected ${type.type}`);
  }
  return checkAtom(type, wire as Atom);
}

/** @throws Failure when the type does not allow the atom */
export function checkAtom(type: BaseType, atom: Atom): Atom {
  const { enum: allowed, minInteger, maxInteger, minReal, maxReal, minLength, maxLength } = type;
  if (allowed && !allowed.includes(atom))
    fail('constraint violation', `${JSON.stringify(atom)} is not one of the allowed values`);
  const size = typeof atom === 'string' ? [...atom].length : Number(atom);
  const min = minInteger ?? minReal ?? minLength;
  const max = maxInteger ?? maxReal ?? maxLength;
  if ((min !== undefined && size < min) || (max !== undefined && size > max)) {
    fail(
      'constraint violation',
      `${JSON.stringify(atom)} is not in the valid range ${min ?? ''} to ${max ?? ''}`,
    );
  }
  return atom;
}

/** Writes a value as JSON. */
export function writeDatum(type: ColumnType, datum: Datum): WireValue {
  const entries = sorted(datum);
  const { key, value } = type;
  if (value) return ['map', entries.map(([k, v]) => [writeAtom(key, k), writeAtom(value, v)])];
  const elements = entries.map(([element]) => writeAtom(key, element));
  return elements.length === 1 ? (elements[0] as WireValue) : ['set', elements];
}

function writeAtom(type: BaseType, atom: Atom): WireValue {
  return type.type === 'uuid' ? ['uuid', String(atom)] : atom;
}

/** ovsdb-server sends elements in ascending order. */
function sorted(datum: Datum): [Atom, Atom][] {
  return [...datum].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Whether two values are equal. */
export function equalData(a: Datum, b: Datum): boolean {
  return a.size === b.size && includes(a, b);
}

/** Whether `a` contains all elements or pairs of `b`. */
export function includes(a: Datum, b: Datum): boolean {
  for (const [key, value] of b) if (a.get(key) !== value) return false;
  return true;
}

/** Whether `a` contains none of the elements or pairs of `b`. */
export function excludes(a: Datum, b: Datum): boolean {
  for (const [key, value] of b) if (a.get(key) === value) return false;
  return true;
}

/** The difference that turns `a` into `b`, as monitor_cond sends it (ovsdb-server(7) §4.1.14). */
export function difference(type: ColumnType, a: Datum, b: Datum): Datum {
  if (type.max === 1) return b;
  const changed = new Map<Atom, Atom>();
  for (const [key, value] of a) if (!b.has(key)) changed.set(key, value);
  for (const [key, value] of b) if (a.get(key) !== value) changed.set(key, value);
  return changed;
}
