import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { every, soon } from './recur.ts';

it('pauses before each turn, however long one takes', async () => {
  const end = new AbortController();
  const done: string[] = [];
  const pause = async () => void done.push('pause');
  await every(
    1,
    end.signal,
    async () => {
      done.push('work');
      // Longer than the pause.
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      if (done.length === 6) end.abort();
    },
    1,
    { pause, cpuMs: () => 0 },
  );
  expect(done).toEqual(['pause', 'work', 'pause', 'work', 'pause', 'work']);
});

it('what takes much CPU time is done more rarely, but not for ever', async () => {
  const end = new AbortController();
  const pauses: number[] = [];
  const costs = [10, 400, 500, 4, 1_000_000, 1_000_000];
  let cpu = 0;
  await every(
    30_000,
    end.signal,
    async () => {
      cpu += costs.shift() ?? 0;
      if (costs.length === 0 && pauses.length === 7) end.abort();
    },
    0.005,
    { pause: async (milliseconds) => void pauses.push(milliseconds), cpuMs: () => cpu },
  );
  expect(pauses).toEqual([30_000, 30_000, 30_000, 80_000, 30_000, 30_000, 120_000]);
});

it('asked often, works once; asked while it works, once more', async () => {
  const end = new AbortController();
  const pauses: (() => void)[] = [];
  const works: (() => void)[] = [];
  const waiting = (list: (() => void)[]) => () => new Promise<void>((resolve) => void list.push(resolve));
  const ask = soon(1, end.signal, waiting(works), waiting(pauses));
  ask();
  ask();
  expect([pauses.length, works.length]).toEqual([1, 0]);
  pauses[0]?.();
  await setImmediate();
  expect(works.length).toBe(1);
  ask();
  ask();
  works[0]?.();
  await setImmediate();
  expect([pauses.length, works.length]).toEqual([2, 1]);
  pauses[1]?.();
  await setImmediate();
  works[1]?.();
  await setImmediate();
  expect([pauses.length, works.length]).toEqual([2, 2]);
  ask();
  end.abort();
  pauses[2]?.();
  await setImmediate();
  expect(works.length).toBe(2);
});
