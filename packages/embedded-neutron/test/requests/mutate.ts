import fc from 'fast-check';
import { anything, type Fields, isFields, seen } from './values.ts';

/** One change of a JSON value, at one of its parts. */
interface Mutation {
  readonly kind: 'drop' | 'replace' | 'rename' | 'add' | 'wrap' | 'twice';
  /** Which part; any number. */
  readonly place: number;
  readonly name: string;
  readonly value: unknown;
}

const names = ['nosuch', 'id', 'tenant_id', 'constructor', 'links', 'name', 'tags', 'description', ''];

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('drop', 'replace', 'replace', 'rename', 'add', 'wrap', 'twice'),
  place: fc.nat(),
  name: fc.constantFrom(...names, ...seen.keys()),
  value: fc.oneof(fc.constantFrom(...anything), fc.constantFrom(...[...seen.values()].flat())),
});

/** One to three changes of a JSON value. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(mutation, {
  minLength: 1,
  maxLength: 3,
});

/** Applies changes to a JSON value, one after the other. */
export function mutate(value: unknown, changes: readonly Mutation[]): unknown {
  let result = value;
  for (const change of changes) result = mutateAt(result, change, { left: change.place % partsOf(result) });
  return result;
}

/** The number of values in a value, itself included. */
function partsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + partsOf(inner), 1);
}

/** Applies a change to the part at which `left` is 0, counted depth first. */
function mutateAt(value: unknown, change: Mutation, count: { left: number }): unknown {
  const isHere = count.left === 0;
  count.left -= 1;
  if (isHere) return changed(value, change);
  if (Array.isArray(value)) return value.map((inner: unknown) => mutateAt(inner, change, count));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const drops = count.left === 0 && change.kind === 'drop';
    const renames = count.left === 0 && change.kind === 'rename';
    if (drops || renames) {
      count.left -= partsOf(inner);
      return drops ? [] : [[change.name, inner]];
    }
    return [[name, mutateAt(inner, change, count)]];
  });
  return Object.fromEntries(entries);
}

function changed(value: unknown, { kind, name, value: other }: Mutation): unknown {
  if (kind === 'wrap') return [value];
  if (kind === 'add' && isFields(value)) return { ...value, [name]: other } satisfies Fields;
  if (kind === 'add' && Array.isArray(value)) return [...value, other];
  if (kind === 'twice' && Array.isArray(value)) return [...value, ...value];
  if (kind === 'twice') return [value, value];
  return other;
}
