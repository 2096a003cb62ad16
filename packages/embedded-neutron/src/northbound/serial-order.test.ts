import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNorthbound, type TestNorthbound } from '../../test/support/northbound.ts';
import { type Engines, openEngines } from '../../test/support/replicas.ts';
import type { NbTransaction, Northbound } from './northbound.ts';
import { guardingIndexOn, indexOn } from './row-index.ts';

/**
 * Random plans run on three replicas at once. Whatever the replicas do, every plan must have seen, and the
 * database must contain, what some serial order of the plans gives.
 */
const byName = guardingIndexOn('Logical_Switch', (row) => [row.name]);
const book = indexOn('Logical_Switch', (row) => [row.name]);
const rows = { columns: { Logical_Switch: ['name', 'external_ids'] }, indexes: [byName, book] } as const;

/** Rows that always exist. */
const FIXED = ['a', 'b', 'c'] as const;
/** Names of which at most one row may exist. */
const NAMES = ['x', 'y'] as const;

type Step =
  /** Reads rows and writes one. */
  | { readonly kind: 'combine'; readonly reads: readonly string[]; readonly write: string }
  /** Inserts a row unless the name is taken. */
  | { readonly kind: 'take'; readonly name: string }
  /** Deletes a row if there is one. */
  | { readonly kind: 'drop'; readonly name: string }
  /** Reads all rows and writes one. Only exclusive plans can. */
  | { readonly kind: 'census'; readonly write: string };

interface Request {
  readonly replica: number;
  readonly steps: readonly Step[];
}

/** What steps do to any state. */
interface State {
  value(name: string): string | undefined;
  all(): readonly (readonly [string, string])[];
  write(name: string, value: string): void;
  insert(name: string, value: string): void;
  remove(name: string): void;
}

/** Carries out a plan. Returns what it saw, and throws the name that it could not take. */
function carryOut(state: State, { steps }: Request, id: number): string {
  const seen: string[] = [];
  for (const [index, step] of steps.entries()) {
    const stamp = `${id}.${index}`;
    if (step.kind === 'combine') {
      seen.push(...step.reads.map((name) => state.value(name) ?? '-'));
      state.write(step.write, stamp);
    } else if (step.kind === 'take') {
      if (state.value(step.name) !== undefined) throw new Error(step.name);
      state.insert(step.name, stamp);
    } else if (step.kind === 'drop') {
      seen.push(state.value(step.name) ?? '-');
      if (state.value(step.name) !== undefined) state.remove(step.name);
    } else {
      const all = state.all().map(([name, value]) => `${name}=${value}`);
      seen.push(all.sort().join());
      state.write(step.write, stamp);
    }
  }
  return seen.join(' ');
}

/** The state of the database, as a plan reads and changes it. */
function stateIn(nb: Northbound, tx: NbTransaction): State {
  const find = (name: string) => nb.view.find(byName, name)[0];
  const isTakeable = (name: string) => (NAMES as readonly string[]).includes(name);
  return {
    value: (name) => {
      if (isTakeable(name)) tx.watch('name', name);
      return find(name)?.external_ids['v'];
    },
    all: () => [...nb.view.rows('Logical_Switch')].map((row) => [row.name, row.external_ids['v'] ?? '']),
    write: (name, v) => {
      const row = find(name);
      if (row) tx.update('Logical_Switch', row._uuid, { external_ids: { v } });
    },
    insert: (name, v) => {
      if (nb.view.count(book, name) > 0) throw new Error('bug');
      tx.claim('name', name);
      tx.insert('Logical_Switch', { name, external_ids: { v } });
    },
    remove: (name) => {
      const row = find(name);
      if (row) tx.delete('Logical_Switch', row._uuid);
    },
  };
}

/** The state of the model. */
function modelState(values: Map<string, string>): State {
  return {
    value: (name) => values.get(name),
    all: () => [...values],
    write: (name, value) => void values.set(name, value),
    insert: (name, value) => void values.set(name, value),
    remove: (name) => void values.delete(name),
  };
}

const outcomeOf = (work: () => string): string => {
  try {
    return `saw ${work()}`;
  } catch (error) {
    return `refused ${(error as Error).message}`;
  }
};

/** Whether some serial order of the requests gives their outcomes and the final values. */
function hasSerialOrder(
  requests: readonly Request[],
  outcomes: readonly string[],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): boolean {
  const open = new Set(requests.keys());
  const search = (values: ReadonlyMap<string, string>): boolean => {
    if (open.size === 0) {
      return values.size === after.size && [...values].every(([name, value]) => after.get(name) === value);
    }
    return [...open].some((id) => {
      const next = new Map(values);
      const outcome = outcomeOf(() => carryOut(modelState(next), requests[id] as Request, id));
      if (outcome !== outcomes[id]) return false;
      open.delete(id);
      const found = search(outcome.startsWith('refused') ? values : next);
      open.add(id);
      return found;
    });
  };
  return search(before);
}

const fixed = fc.constantFrom(...FIXED);
const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('combine' as const),
      reads: fc.array(fixed, { maxLength: 2 }),
      write: fixed,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('census' as const), write: fixed }) },
);
const request: fc.Arbitrary<Request> = fc.record({
  replica: fc.nat(2),
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
});

let nb: TestNorthbound;
let open: Engines;
beforeAll(async () => {
  nb = await startNorthbound();
  open = await openEngines(nb, 3, [rows]);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await nb[Symbol.asyncDispose]();
});

const valuesIn = (engine: Northbound) =>
  new Map([...engine.view.rows('Logical_Switch')].map((row) => [row.name, row.external_ids['v'] ?? '']));

/** Deletes all rows, inserts the fixed ones, and waits until every replica shows them. */
async function reset(engines: readonly Northbound[]): Promise<Map<string, string>> {
  const stamp = `start ${Math.random()}`;
  const [first] = engines as [Northbound];
  await first.change((tx) => {
    for (const row of [...first.view.rows('Logical_Switch')]) tx.delete('Logical_Switch', row._uuid);
    for (const each of FIXED) tx.insert('Logical_Switch', { name: each, external_ids: { v: stamp } });
  });
  // An empty change of each replica comes after what it has received.
  await expect.poll(() => engines.every((engine) => valuesIn(engine).get('a') === stamp)).toBe(true);
  return valuesIn(first);
}

test('random plans on three replicas give the result of some serial order', async () => {
  const property = fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 9 }), async (requests) => {
    const { engines } = open;
    const before = await reset(engines);
    const outcomes = await Promise.all(
      requests.map(async (each, id) => {
        const engine = engines[each.replica] as Northbound;
        const shared = each.steps.every(({ kind }) => kind !== 'census');
        return engine
          .change((tx) => carryOut(stateIn(engine, tx), each, id), { shared })
          .then(
            (seen) => `saw ${seen}`,
            (error: Error) => `refused ${error.message}`,
          );
      }),
    );
    await expect
      .poll(() => engines.map(valuesIn))
      .toSatisfy((states: Map<string, string>[]) =>
        states.every(
          (state) => JSON.stringify([...state].sort()) === JSON.stringify([...(states[0] ?? [])].sort()),
        ),
      );
    const after = valuesIn(engines[0] as Northbound);
    expect(
      hasSerialOrder(requests, outcomes, before, after),
      JSON.stringify({ outcomes, after: [...after] }),
    ).toBe(true);
  });
  await fc.assert(property, { numRuns: 150, interruptAfterTimeLimit: 8_000 });
});
