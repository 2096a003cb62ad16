import { expect, it } from 'vitest';
import { InactivityProbe } from './inactivity-probe.ts';
import { pause } from './pause.ts';
import { startTimer } from './timer.ts';

it('no timer for what is as good as for ever', () => {
  expect(startTimer(() => undefined, Number.POSITIVE_INFINITY)).toBeUndefined();
  expect(startTimer(() => undefined, 2 ** 31)).toBeUndefined();
  const timer = startTimer(() => undefined, 2 ** 31 - 1);
  expect(timer).toBeDefined();
  clearTimeout(timer);
});

it('a pause or probe without end does not end at once', async () => {
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
  // Timers that are due fire in the order of their delays, and an endless one used to be one of 1 ms.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([over, probes]).toEqual([false, []]);
  probe.stop();
  abort.abort();
  await paused;
});
