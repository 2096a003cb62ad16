import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { every, soon } from './recur.ts';

it('pauses before each turn, however long the work takes', async () => {
  const end = new AbortController();
  const steps: string[] = [];
  const pause = async () => void steps.push('pause');
  await every(
    1,
    end.signal,
    async () => {
      steps.push('work');
      // Longer than the pause.
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      if (steps.length === 6) end.abort();
    },
    1,
    { pause, cpuMs: () => 0 },
  );
  expect(steps).toEqual(['pause', 'work', 'pause', 'work', 'pause', 'work']);
});

it('work that takes much CPU time twice in a row gets a longer pause, up to a limit', async () => {
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

it('a pause that is too long for a timer of Node becomes the longest one', async () => {
  const end = new AbortController();
  const pause = async (milliseconds: number) => {
    expect(milliseconds).toBe(2 ** 31 - 1);
    end.abort();
  };
  await every(31_536_000_000, end.signal, async () => undefined, 1, { pause, cpuMs: () => 0 });
  expect(end.signal.aborted).toBe(true);
});

it('several calls cause one run; calls during the run cause one more', async () => {
  const end = new AbortController();
  const pauses: (() => void)[] = [];
  const runs: (() => void)[] = [];
  const waiting = (list: (() => void)[]) => () => new Promise<void>((resolve) => void list.push(resolve));
  const ask = soon(1, end.signal, waiting(runs), waiting(pauses));
  ask();
  ask();
  expect([pauses.length, runs.length]).toEqual([1, 0]);
  pauses[0]?.();
  await setImmediate();
  expect(runs.length).toBe(1);
  ask();
  ask();
  runs[0]?.();
  await setImmediate();
  expect([pauses.length, runs.length]).toEqual([2, 1]);
  pauses[1]?.();
  await setImmediate();
  runs[1]?.();
  await setImmediate();
  expect([pauses.length, runs.length]).toEqual([2, 2]);
  ask();
  end.abort();
  pauses[2]?.();
  await setImmediate();
  expect(runs.length).toBe(2);
});
