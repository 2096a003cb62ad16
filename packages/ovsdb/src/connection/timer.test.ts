import { expect, it } from 'vitest';
import { InactivityProbe } from './inactivity-probe.ts';
import { pause } from './pause.ts';
import { startTimer } from './timer.ts';

it('a delay that is longer than Node can measure starts no timer', () => {
  expect(startTimer(() => undefined, Number.POSITIVE_INFINITY)).toBeUndefined();
  expect(startTimer(() => undefined, 2 ** 31)).toBeUndefined();
  const timer = startTimer(() => undefined, 2 ** 31 - 1);
  expect(timer).toBeDefined();
  clearTimeout(timer);
});

it('an infinite pause or probe interval does not end at once', async () => {
  const abort = new AbortController();
  let over = false;
  const paused = pause(Number.POSITIVE_INFINITY, abort.signal).then(() => {
    over = true;
  });
  const probes: string[] = [];
  const probe = new InactivityProbe(Number.POSITIVE_INFINITY, {
    listening: () => true,
    probe: () => probes.push('probe'),
    giveUp: () => probes.push('give up'),
  });
  probe.start();
  // Timers fire in the order of their delays, and Node turns an infinite delay into 1 ms.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([over, probes]).toEqual([false, []]);
  probe.stop();
  abort.abort();
  await paused;
});
