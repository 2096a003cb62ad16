import { expect, it, vi } from 'vitest';
import { Survey } from './survey.ts';
import type { Sight } from './view-containers.ts';

const sight = (verdict: Sight['verdict']): Sight => ({
  id: 'c-1',
  name: 'web',
  verdict,
  faults: [],
  state: 'running',
  nics: [],
});

it('requests share one survey, and a fresh one answers the next', async () => {
  const look = vi.fn(async () => [sight('good')]);
  const survey = new Survey(look);
  const [one, other] = await Promise.all([survey.latest(), survey.latest()]);
  expect(other).toBe(one);
  expect(await survey.latest()).toBe(one);
  expect(look).toHaveBeenCalledTimes(1);
});

it('a survey that failed is not kept', async () => {
  const look = vi.fn(async () => [sight('good')]).mockRejectedValueOnce(new Error('away'));
  const survey = new Survey(look);
  await expect(survey.latest()).rejects.toThrow('away');
  expect((await survey.latest()).containers).toHaveLength(1);
});

it('a container keeps the time since which its verdict holds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    let verdict: Sight['verdict'] = 'good';
    const survey = new Survey(async () => [sight(verdict)]);
    const since = async () => {
      vi.advanceTimersByTime(10_000);
      return (await survey.latest()).containers[0]?.since ?? '';
    };
    const first = await since();
    expect(await since()).toBe(first);
    verdict = 'faulty';
    const second = await since();
    expect(Date.parse(second)).toBeGreaterThan(Date.parse(first));
    expect(await since()).toBe(second);
  } finally {
    vi.useRealTimers();
  }
});

it('while a survey takes long, the last one answers', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const look = vi.fn(async () => [sight('good')]);
    const survey = new Survey(look);
    const first = await survey.latest();
    look.mockImplementation(() => new Promise(() => undefined));
    vi.advanceTimersByTime(10_000);
    expect(await survey.latest()).toBe(first);
  } finally {
    vi.useRealTimers();
  }
});
