import type { ColumnType } from '../schema/database-schema.ts';
import type { WireMutation, WireValue } from '../wire/operations.ts';
import { checkAtom, checkSize, type Datum, type ResolveName, readAtom, readDatum } from './datum.ts';
import { fail } from './failure.ts';
import { isScalar } from './memory-row.ts';

const INT64_MAX = 2n ** 63n - 1n;

/** A checked mutation: returns the new value of a column for the old one. */
export type Mutate = (old: Datum) => Datum;

/** Reads one mutation (RFC 7047 §5.1 `<mutation>`). */
export function readMutation(
  type: ColumnType,
  [, mutator, value]: WireMutation,
  resolve: ResolveName,
): Mutate {
  if (mutator === 'insert' || mutator === 'delete') {
    if (isScalar(type)) fail('syntax error', `${mutator} is not for a column of one value`);
    return mutator === 'insert' ? readInsertion(type, value, resolve) : readRemoval(type, value, resolve);
  }
  if (!INTEGERS.has(mutator)) fail('unknown mutator', `${mutator} is not a mutator`);
  const { key } = type;
  if (type.value || (key.type !== 'integer' && key.type !== 'real')) {
    fail('syntax error', `${mutator} is not for this type of column`);
  }
  const operand = Number(readAtom({ type: key.type }, value, resolve));
  if (key.type === 'real' && !REALS.has(mutator)) fail('syntax error', `${mutator} is not for reals`);
  const compute = key.type === 'integer' ? computeInteger : computeReal;
  return (old) => {
    const results = Array.from(old.keys(), (element) =>
      checkAtom(key, compute(mutator, Number(element), operand)),
    );
    if (new Set(results).size < results.length) fail('constraint violation', 'the results hold duplicates');
    return checkSize(type, new Map(results.map((result) => [result, true])));
  };
}

function readInsertion(type: ColumnType, value: WireValue, resolve: ResolveName): Mutate {
  const added = readDatum({ ...type, min: 0 }, value, resolve);
  // A key that is already in the map keeps its value.
  return (old) => checkSize(type, new Map([...added, ...old]));
}

function readRemoval(type: ColumnType, value: WireValue, resolve: ResolveName): Mutate {
  const pairs = Array.isArray(value) && value[0] === 'map';
  const loose: ColumnType = { key: type.key, min: 0, max: Number.POSITIVE_INFINITY };
  const removed = readDatum(pairs && type.value ? { ...loose, value: type.value } : loose, value, resolve);
  return (old) => {
    const remaining = [...old].filter(
      ([key, content]) => !(removed.has(key) && (!pairs || removed.get(key) === content)),
    );
    return checkSize(type, new Map(remaining));
  };
}

type Arithmetic<N> = ReadonlyMap<string, (a: N, b: N) => N>;

const INTEGERS: Arithmetic<bigint> = new Map([
  ['+=', (a, b) => a + b],
  ['-=', (a, b) => a - b],
  ['*=', (a, b) => a * b],
  ['/=', (a, b) => a / b],
  ['%=', (a, b) => a % b],
]);

const REALS: Arithmetic<number> = new Map([
  ['+=', (a, b) => a + b],
  ['-=', (a, b) => a - b],
  ['*=', (a, b) => a * b],
  ['/=', (a, b) => a / b],
]);

function computeInteger(mutator: string, a: number, b: number): number {
  if (b === 0 && (mutator === '/=' || mutator === '%=')) fail('domain error', 'division by zero');
  const compute = INTEGERS.get(mutator) ?? fail('syntax error', `${mutator} is not a mutator for integers`);
  const result = compute(BigInt(a), BigInt(b));
  if (result > INT64_MAX || result < -INT64_MAX - 1n)
    fail('range error', 'the result is not a 64-bit integer');
  return Number(result);
}

function computeReal(mutator: string, a: number, b: number): number {
  if (b === 0 && mutator === '/=') fail('domain error', 'division by zero');
  const compute = REALS.get(mutator) ?? fail('syntax error', `${mutator} is not a mutator for reals`);
  const result = compute(a, b);
  if (!Number.isFinite(result)) fail('range error', 'the result is not a finite number');
  return result;
}
