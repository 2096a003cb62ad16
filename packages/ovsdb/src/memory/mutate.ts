import type { Atom, ColumnType } from '../schema/database-schema.ts';
import type { WireMutation, WireValue } from '../wire/operations.ts';
import { checkAtom, checkSize, type Datum, type ResolveName, readAtom, readDatum } from './datum.ts';
import { fail } from './failure.ts';

const INT64_MAX = 2n ** 63n - 1n;

/** Carries out one mutation (RFC 7047 §5.1 `<mutation>`). */
export function mutate(
  type: ColumnType,
  old: Datum,
  [, mutator, value]: WireMutation,
  resolve: ResolveName,
): Datum {
  if (mutator === 'insert')
    return insert(type, old, readDatum({ ...type, min: 0, max: Number.POSITIVE_INFINITY }, value, resolve));
  if (mutator === 'delete') return remove(type, old, value, resolve);
  if (type.value || (type.key.type !== 'integer' && type.key.type !== 'real')) {
    fail('constraint violation', `${mutator} is not for this type of column`);
  }
  const operand = Number(readAtom({ type: type.key.type }, value, resolve));
  const compute = type.key.type === 'integer' ? computeInteger : computeReal;
  const results = [...old.keys()].map((element): [Atom, Atom] => {
    return [checkAtom(type.key, compute(mutator, Number(element), operand)), true];
  });
  return checkSize(type, new Map(results));
}

function insert(type: ColumnType, old: Datum, added: Datum): Datum {
  // A key that is there keeps its value.
  return checkSize(type, new Map([...added, ...old]));
}

function remove(type: ColumnType, old: Datum, value: WireValue, resolve: ResolveName): Datum {
  const pairs = Array.isArray(value) && value[0] === 'map';
  const loose: ColumnType = { key: type.key, min: 0, max: Number.POSITIVE_INFINITY };
  const removed = readDatum(pairs && type.value ? { ...loose, value: type.value } : loose, value, resolve);
  const kept = [...old].filter(([key, held]) => !(removed.has(key) && (!pairs || removed.get(key) === held)));
  return checkSize(type, new Map(kept));
}

type Arithmetic<N> = Readonly<Record<string, (a: N, b: N) => N>>;

const INTEGERS: Arithmetic<bigint> = {
  '+=': (a, b) => a + b,
  '-=': (a, b) => a - b,
  '*=': (a, b) => a * b,
  '/=': (a, b) => a / b,
  '%=': (a, b) => a % b,
};

const REALS: Arithmetic<number> = {
  '+=': (a, b) => a + b,
  '-=': (a, b) => a - b,
  '*=': (a, b) => a * b,
  '/=': (a, b) => a / b,
};

function computeInteger(mutator: string, a: number, b: number): number {
  if (b === 0 && (mutator === '/=' || mutator === '%=')) fail('domain error', 'division by zero');
  const compute = INTEGERS[mutator] ?? fail('syntax error', `${mutator} is no mutator`);
  const result = compute(BigInt(a), BigInt(b));
  if (result > INT64_MAX || result < -INT64_MAX - 1n) fail('range error', 'the result is no 64-bit integer');
  return Number(result);
}

function computeReal(mutator: string, a: number, b: number): number {
  if (b === 0 && mutator === '/=') fail('domain error', 'division by zero');
  const compute = REALS[mutator] ?? fail('syntax error', `${mutator} is no mutator for reals`);
  const result = compute(a, b);
  if (!Number.isFinite(result)) fail('range error', 'the result is no finite number');
  return result;
}
