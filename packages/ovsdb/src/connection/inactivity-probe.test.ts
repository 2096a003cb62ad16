import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { InactivityProbe } from './inactivity-probe.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }),
);
afterEach(() => void vi.useRealTimers());

function watch(intervalMs: number) {
  const log: string[] = [];
  const state = { listening: true };
  const probe = new InactivityProbe(intervalMs, {
    listening: () => state.listening,
    probe: () => log.push('probe'),
    giveUp: () => log.push('give up'),
  });
  probe.start();
  return { probe, log, state };
}

it('probes after one interval of silence and gives up after two', () => {
  const { log } = watch(100);
  vi.advanceTimersByTime(99);
  expect(log).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(log).toEqual(['probe']);
  vi.advanceTimersByTime(100);
  vi.advanceTimersToNextTimer();
  expect(log).toEqual(['probe', 'give up']);
  expect(vi.getTimerCount()).toBe(0);
});

it('does not probe while messages arrive', () => {
  const { probe, log } = watch(100);
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(60);
    probe.heard();
  }
  expect(log).toEqual([]);
  vi.advanceTimersByTime(100);
  probe.heard();
  vi.advanceTimersByTime(99);
  expect(log).toEqual(['probe']);
});

it('does nothing with interval 0 or after stop', () => {
  watch(0);
  expect(vi.getTimerCount()).toBe(0);
  const { probe, log } = watch(100);
  probe.stop();
  vi.advanceTimersByTime(1000);
  expect(log).toEqual([]);
});

it('reads the socket before it gives up: a late timer fires before the socket is read', () => {
  const { probe, log } = watch(100);
  vi.advanceTimersByTime(100);
  vi.advanceTimersToNextTimer();
  expect(log).toEqual(['probe']);
  probe.heard();
  vi.advanceTimersToNextTimer();
  vi.advanceTimersToNextTimer();
  expect(log).toEqual(['probe', 'probe']);
});

it('does not count time in which the session does not read as silence', () => {
  const { log, state } = watch(100);
  vi.advanceTimersByTime(100);
  expect(log).toEqual(['probe']);
  state.listening = false;
  vi.advanceTimersByTime(1000);
  state.listening = true;
  vi.advanceTimersByTime(99);
  expect(log).toEqual(['probe']);
  vi.advanceTimersByTime(1);
  expect(log).toEqual(['probe', 'probe']);
});
