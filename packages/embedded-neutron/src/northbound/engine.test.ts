import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startNorthbound, type TestNorthbound } from '../../test/support/northbound.ts';
import { type Engines, openEngines } from '../../test/support/replicas.ts';
import type { Northbound } from './northbound.ts';
import { guardingIndexOn } from './row-index.ts';

const byName = guardingIndexOn('Logical_Switch', (row) => [row.name]);
const rows = {
  columns: {
    Logical_Switch: ['name', 'external_ids'],
    Logical_Switch_Port: ['name'],
    Port_Group: ['name'],
  },
  indexes: [byName],
} as const;

let nb: TestNorthbound;
let open: Engines;
let a: Northbound;
let b: Northbound;

beforeEach(async () => {
  nb = await startNorthbound();
  open = await openEngines(nb, 2, [rows]);
  [a, b] = open.engines as [Northbound, Northbound];
});
afterEach(async () => {
  await open[Symbol.asyncDispose]();
  await nb[Symbol.asyncDispose]();
});

const insert = (engine: Northbound, name: string) =>
  engine.change((tx) => tx.insert('Logical_Switch', { name }), { shared: true });
const names = (): string[] =>
  nb
    .nbctl('--bare', '--columns=name', 'list', 'Logical_Switch')
    .split('\n')
    .filter((line) => line !== '')
    .sort();
const guardPairs = (): string => nb.nbctl('--bare', '--columns=external_ids', 'list', 'DNS');

describe('a batch', () => {
  test('contains the plans that wait together, and a later plan sees the earlier ones', async () => {
    const counts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        a.change(
          (tx) => {
            const before = Array.from({ length: 20 }, (__, other) => a.view.count(byName, `ls${other}`));
            tx.insert('Logical_Switch', { name: `ls${index}` });
            return before.reduce((sum, count) => sum + count, 0);
          },
          { shared: true },
        ),
      ),
    );
    expect(counts).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(guardPairs()).toMatch(/last:[^=]+=1 /);
    expect(names()).toHaveLength(20);
  });

  test('does not contain what a refused plan has changed', async () => {
    const results = await Promise.allSettled([
      insert(a, 'first'),
      a.change(
        (tx) => {
          tx.insert('Logical_Switch', { name: 'refused' });
          const [first] = a.view.find(byName, 'first');
          if (first) tx.delete('Logical_Switch', first._uuid);
          throw new Error('refused');
        },
        { shared: true },
      ),
      a.change(
        (tx) => {
          tx.insert('Logical_Switch', { name: 'third' });
          return ['first', 'refused'].map((name) => a.view.count(byName, name));
        },
        { shared: true },
      ),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({ value: [1, 0] });
    expect(names()).toEqual(['first', 'third']);
  });

  test('that the database refuses is committed plan by plan: only the plan at fault fails', async () => {
    const group = (name: string) =>
      a
        .change((tx) => tx.insert('Port_Group', { name }), { shared: true })
        .then(
          () => name,
          () => 'failed',
        );
    expect(await Promise.all([group('one'), group('twice'), group('twice'), group('two')])).toEqual([
      'one',
      'twice',
      'failed',
      'two',
    ]);
  });

  test('adds elements to a set before a later plan removes them', async () => {
    const row = await insert(a, 'switch');
    const ports: string[] = [];
    const addPort = (name: string) =>
      a.change(
        (tx) => {
          const port = tx.insert('Logical_Switch_Port', { name });
          tx.mutate('Logical_Switch', row, { insert: { ports: [port] } });
          ports.push(port);
        },
        { shared: true },
      );
    const removeFirst = () =>
      a.change((tx) => tx.mutate('Logical_Switch', row, { delete: { ports: [ports[0] as string] } }), {
        shared: true,
      });
    await Promise.all([addPort('first'), addPort('second'), removeFirst(), addPort('third')]);
    expect(
      nb.nbctl('--bare', '--columns=name', 'list', 'Logical_Switch_Port').split('\n').filter(Boolean).sort(),
    ).toEqual(['second', 'third']);
  });

  test('does not contain plans whose client has hung up', async () => {
    const client = new AbortController();
    const gone = Array.from({ length: 5 }, (_, index) =>
      a.change((tx) => tx.insert('Logical_Switch', { name: `gone${index}` }), { signal: client.signal }),
    );
    const stays = insert(a, 'stays');
    client.abort(new Error('hung up'));
    expect((await Promise.allSettled(gone)).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    await stays;
    expect(names()).toEqual(['stays']);
  });

  test('can be planned in slices, while other requests read the replica without its changes', async () => {
    let seen: number | undefined;
    const plan = function* (tx: Parameters<Parameters<Northbound['change']>[0]>[0]) {
      for (let index = 0; index < 50; index++) {
        tx.insert('Logical_Switch', { name: `ls${index}` });
        const until = performance.now() + 1;
        while (performance.now() < until);
        yield;
      }
      return a.view.count(byName, 'ls0');
    };
    const change = a.change(plan, { shared: true });
    setTimeout(() => {
      seen ??= a.view.count(byName, 'ls0');
    }, 20);
    expect(await change).toBe(1);
    expect(seen).toBe(0);
  });
});

describe('while the database does not answer', () => {
  test('a change whose answer was lost is carried out once', async () => {
    await insert(a, 'before');
    nb.freeze();
    const lost = insert(a, 'lost');
    // The connection ends because the server does not answer the probes.
    await expect.poll(() => a.synchronized, { timeout: 20_000 }).toBe(false);
    nb.thaw();
    await lost;
    await insert(a, 'after');
    expect(names()).toEqual(['after', 'before', 'lost']);
  });

  test('a change that was not sent is refused, and not carried out later', async () => {
    await nb.stop();
    await expect.poll(() => a.synchronized, { timeout: 20_000 }).toBe(false);
    await expect(insert(a, 'refused')).rejects.toThrow('OVN Northbound does not answer');
    await nb.start();
    await expect.poll(() => a.synchronized, { timeout: 20_000 }).toBe(true);
    await insert(a, 'after');
    expect(names()).toEqual(['after']);
  });

  test('values of rows that a restored database has forgotten are not chosen', async () => {
    const lost: number[] = [];
    a.quarantine.onRestored = (rows) => lost.push(rows);
    const external_ids = {
      'neutron:provider_network_type': 'geneve',
      'neutron:provider_segmentation_id': '7',
    };
    const network = { name: 'n', external_ids };
    await insert(a, 'kept');
    await nb.stop();
    const backup = nb.backUp();
    await nb.start();
    await expect.poll(() => a.synchronized, { timeout: 20_000 }).toBe(true);
    await a.change((tx) => tx.insert('Logical_Switch', network));
    expect(a.quarantine.has('segment', 'geneve', '', '7')).toBe(false);
    await nb.stop();
    backup.restore();
    await nb.start();
    await expect.poll(() => lost, { timeout: 20_000 }).toEqual([1]);
    expect(a.quarantine.has('segment', 'geneve', '', '7')).toBe(true);
    await Promise.all([insert(a, 'a'), insert(b, 'b')]);
    expect(names()).toEqual(['a', 'b', 'kept']);
  });

  test('a database that was recreated gets all rows that the service needs', async () => {
    await insert(a, 'old');
    await nb.stop();
    nb.recreate();
    await nb.start();
    await expect.poll(() => a.synchronized && b.synchronized, { timeout: 20_000 }).toBe(true);
    await a.change((tx) => a.set(tx, { key: 'value' }));
    await insert(b, 'new');
    expect(names()).toEqual(['new']);
    expect(nb.nbctl('get', 'NB_Global', '.', 'external_ids:key')).toContain('value');
  });
});

describe('two replicas', () => {
  test('that claim one fact at the same time: one of them is planned again and sees the other', async () => {
    const claim = (engine: Northbound) =>
      engine.change(
        (tx) => {
          if (engine.view.count(byName, 'single') > 0) return 'taken';
          tx.claim('name', 'single');
          tx.insert('Logical_Switch', { name: 'single' });
          return 'made';
        },
        { shared: true },
      );
    expect((await Promise.all([claim(a), claim(b)])).sort()).toEqual(['made', 'taken']);
    expect(names()).toEqual(['single']);
  });

  test('a shared plan that asks for a whole table becomes exclusive', async () => {
    const count = (engine: Northbound, name: string) =>
      engine.change(
        (tx) => {
          const before = [...engine.view.rows('Logical_Switch')].length;
          tx.insert('Logical_Switch', { name });
          return before;
        },
        { shared: true },
      );
    const seen = await Promise.all([count(a, 'a1'), count(b, 'b1'), count(a, 'a2'), count(b, 'b2')]);
    expect(seen.sort()).toEqual([0, 1, 2, 3]);
  });

  test('a long plan of one succeeds although the other commits conflicting plans all the time', async () => {
    let done = false;
    const claim = (engine: Northbound) =>
      engine.change(
        (tx) => {
          tx.claim('everything');
          tx.insert('Logical_Switch', { name: 'short' });
        },
        { shared: true },
      );
    const long = a.change(
      function* (tx) {
        tx.claim('everything');
        for (let index = 0; index < 100; index++) {
          tx.insert('Logical_Switch', { name: 'long' });
          const until = performance.now() + 1;
          while (performance.now() < until);
          yield;
        }
      },
      { shared: true },
    );
    const others = Promise.all(
      [1, 2, 3].map(async () => {
        while (!done) await claim(b);
      }),
    );
    await long;
    done = true;
    await others;
    expect(names().filter((name) => name === 'long')).toHaveLength(100);
  });

  test('a turn whose holder is dead ends', async () => {
    nb.nbctl('set', 'DNS', guardUuid(), 'external_ids:turn=dead');
    await expect.poll(() => guardPairs()).toContain('turn=dead');
    await insert(a, 'after');
    expect(names()).toEqual(['after']);
  });

  test('both heal a guard row that another program has deleted', async () => {
    nb.nbctl('destroy', 'DNS', guardUuid());
    await Promise.all([insert(a, 'a'), insert(b, 'b')]);
    expect(names()).toEqual(['a', 'b']);
    expect(guardPairs()).toContain('generation=');
  });
});

const guardUuid = (): string => nb.nbctl('--bare', '--columns=_uuid', 'list', 'DNS').trim();
