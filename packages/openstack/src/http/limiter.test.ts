import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Limiter } from './limiter.ts';

test('runs at most `max` pieces of work at once and starts them in order', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.boolean(), { maxLength: 30 }),
    async (max, outcomes) => {
      const limiter = new Limiter(max);
      const begun: number[] = [];
      let running = 0;
      let most = 0;
      const results = await Promise.allSettled(
        outcomes.map((succeeds, index) =>
          limiter.run(async () => {
            begun.push(index);
            running += 1;
            most = Math.max(most, running);
            await new Promise(setImmediate);
            running -= 1;
            if (!succeeds) throw new Error('work failed');
          }),
        ),
      );
      expect(most).toBeLessThanOrEqual(max);
      expect(most).toBe(Math.min(max, outcomes.length));
      expect(begun).toEqual(outcomes.map((_, index) => index));
      expect(results.map(({ status }) => status === 'fulfilled')).toEqual(outcomes);
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

test('work that is aborted in the queue is never started and blocks no other work', async () => {
  const limiter = new Limiter(1);
  const first = Promise.withResolvers<void>();
  const running = limiter.run(() => first.promise);
  const abort = new AbortController();
  let started = false;
  const waiting = limiter.run(async () => {
    started = true;
  }, abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  first.resolve();
  await running;
  await expect(limiter.run(async () => 'next')).resolves.toBe('next');
  expect(started).toBe(false);
});

test('refuses a limit of 0', () => {
  expect(() => new Limiter(0)).toThrow(RangeError);
});
