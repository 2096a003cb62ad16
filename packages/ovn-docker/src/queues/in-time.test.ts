import { expect, it } from 'vitest';
import { inTime } from './in-time.ts';

const late = () => new Error('late');

it('returns the answer, and the error of work that fails', async () => {
  expect(await inTime(Promise.resolve(1), 60_000, late)).toBe(1);
  await expect(inTime(Promise.reject(new Error('refused')), 60_000, late)).rejects.toThrow('refused');
});

it('gives up work that does not answer', async () => {
  await expect(inTime(new Promise(() => undefined), 1, late)).rejects.toThrow('late');
});
