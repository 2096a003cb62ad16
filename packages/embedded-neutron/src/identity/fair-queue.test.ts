import { expect, test } from 'vitest';
import { FairQueue, type Flow, QueueFullError } from './fair-queue.ts';

/** A queue whose work ends when the test says so, and the order in which it started. */
function controlled(limits: { concurrency?: number; perGroup?: number; total?: number } = {}) {
  const queue = new FairQueue({ concurrency: 1, perGroup: 100, total: 100, ...limits });
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const results: Promise<string>[] = [];
  const add = (label: string, flow: Flow, isPreferred = false) => {
    const work = () =>
      new Promise<void>((resolve) => {
        started.push(label);
        ends.push(resolve);
      });
    const result = queue.run(flow, isPreferred, work).then(
      () => 'done',
      (error: unknown) => (error instanceof QueueFullError ? 'refused' : 'failed'),
    );
    results.push(result);
  };
  /** Ends all work, one after the other. */
  const drain = async () => {
    for (let index = 0; index < ends.length; index++) {
      ends[index]?.();
      await new Promise(setImmediate);
    }
    return started;
  };
  return { add, drain, started, all: () => Promise.all(results) };
}

test('groups take turns, and names take turns within a group', async () => {
  const { add, drain } = controlled();
  add('first', { group: 'x', name: 'x' });
  for (const label of ['a1', 'a2', 'a3']) add(label, { group: 'a', name: 'one' });
  add('a4', { group: 'a', name: 'two' });
  for (const label of ['b1', 'b2']) add(label, { group: 'b', name: 'one' });
  expect(await drain()).toEqual(['first', 'a1', 'b1', 'a4', 'b2', 'a2', 'a3']);
});

test('preferred work and other work take turns', async () => {
  const { add, drain } = controlled();
  for (const label of ['1', '2', '3']) add(label, { group: 'a', name: 'a' });
  for (const label of ['p1', 'p2', 'p3']) add(label, { group: 'b', name: 'b' }, true);
  expect(await drain()).toEqual(['1', 'p1', '2', 'p2', '3', 'p3']);
});

test('no more work runs than allowed, and work that fails makes room', async () => {
  const queue = new FairQueue({ concurrency: 2, perGroup: 100, total: 100 });
  let running = 0;
  let most = 0;
  const work = async (index: number) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    if (index % 2 === 0) throw new Error('failed');
  };
  const results = Array.from({ length: 20 }, (_unused, index) =>
    queue.run({ group: 'a', name: String(index) }, false, () => work(index)),
  );
  const settled = await Promise.allSettled(results);
  expect([most, settled.filter(({ status }) => status === 'fulfilled').length]).toEqual([2, 10]);
});

test('a full group gives the newest place of its busiest name to another name', async () => {
  const { add, drain, all } = controlled({ perGroup: 3 });
  add('running', { group: 'a', name: 'busy' });
  for (const label of ['1', '2', '3', '4']) add(label, { group: 'a', name: 'busy' });
  add('quiet', { group: 'a', name: 'quiet' });
  expect(await drain()).toEqual(['running', '1', 'quiet', '2']);
  expect(await all()).toEqual(['done', 'done', 'done', 'refused', 'refused', 'done']);
});

test('a full queue gives a place of the busiest group to a quieter one', async () => {
  const { add, drain, all } = controlled({ total: 3 });
  add('running', { group: 'a', name: 'a' });
  for (const name of ['1', '2', '3', '4']) add(name, { group: 'a', name });
  add('quiet', { group: 'b', name: 'b' });
  const started = await drain();
  expect(started).toHaveLength(4);
  expect(started).toContain('quiet');
  expect((await all()).filter((result) => result === 'refused')).toHaveLength(2);
});
