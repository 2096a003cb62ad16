import { expect, test } from 'vitest';
import { LoginQueue } from './login-queue.ts';

const right = async () => true;
const wrong = async () => false;

/** A queue with a clock that the test sets, and the outcome of attempts. */
function opened(limits = { concurrency: 2, perGroup: 128, total: 512 }) {
  let now = 0;
  const queue = new LoginQueue(limits, () => now);
  const attempt = (address: string, name: string, check: () => Promise<boolean>) =>
    queue.check({ address, name }, check).catch((error: { status?: number }) => error.status);
  return { attempt, wait: (ms: number) => (now += ms) };
}

test('an address has ten wrong attempts for a name, and gets more with time', async () => {
  const { attempt, wait } = opened();
  for (let count = 0; count < 10; count++) expect(await attempt('a', 'alice', wrong)).toBe(false);
  expect(await attempt('a', 'alice', right)).toBe(429);
  wait(5_999);
  expect(await attempt('a', 'alice', right)).toBe(429);
  wait(1);
  expect(await attempt('a', 'alice', wrong)).toBe(false);
  expect(await attempt('a', 'alice', right)).toBe(429);
});

test('wrong attempts lock out neither another address nor another name', async () => {
  const { attempt } = opened();
  for (let count = 0; count < 20; count++) await attempt('a', 'alice', wrong);
  expect(await attempt('b', 'alice', right)).toBe(true);
  expect(await attempt('a', 'bob', right)).toBe(true);
});

test('a right attempt restores the allowance', async () => {
  const { attempt } = opened();
  for (let round = 0; round < 5; round++) {
    for (let count = 0; count < 9; count++) await attempt('a', 'alice', wrong);
    expect(await attempt('a', 'alice', right)).toBe(true);
  }
});

test('1,500 wrong attempts at once cost ten checks; 60 right ones at once all succeed', async () => {
  const { attempt } = opened();
  let checks = 0;
  const counted = () => {
    checks++;
    return wrong();
  };
  const outcomes = await Promise.all(Array.from({ length: 1500 }, () => attempt('a', 'alice', counted)));
  expect([checks, outcomes.filter((outcome) => outcome === 429).length]).toEqual([10, 1490]);
  const all = await Promise.all(Array.from({ length: 60 }, () => attempt('b', 'alice', right)));
  expect(all.every((outcome) => outcome === true)).toBe(true);
});

test('a flood of names from one address leaves others their turn', async () => {
  const { attempt } = opened();
  const order: string[] = [];
  const check = (label: string) => async () => {
    await new Promise(setImmediate);
    order.push(label);
    return label === 'honest';
  };
  expect(await attempt('attacked', 'known', right)).toBe(true);
  const flood = Array.from({ length: 1500 }, (_unused, index) =>
    attempt('attacked', `name${index}`, check('flood')),
  );
  const elsewhere = attempt('other', 'alice', check('honest'));
  const known = attempt('attacked', 'known', check('honest'));
  expect(await Promise.all([elsewhere, known])).toEqual([true, true]);
  // Behind the two that were running, and two that had their turn.
  expect(order.length).toBeLessThanOrEqual(8);
  const outcomes = await Promise.all(flood);
  expect(outcomes.filter((outcome) => outcome === false).length).toBeLessThanOrEqual(130);
});

test('other work is refused when the queue is full, and otherwise has its turn', async () => {
  const queue = new LoginQueue({ concurrency: 1, perGroup: 1, total: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = () => queue.work({ address: 'a', name: 'n' }, () => promise);
  const first = work();
  const second = work();
  await expect(work()).rejects.toMatchObject({ status: 429, retryAfter: 1 });
  resolve('done');
  expect(await Promise.all([first, second])).toEqual(['done', 'done']);
});
