import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Report } from './report.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

const jsonLines = () =>
  printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('prints a JSON line for each step and counts the verified steps', async () => {
  const report = new Report(true);
  await report.step('first', async () => 'it holds');
  report.progress('meanwhile', 0.5);
  report.end('words for people');
  expect(jsonLines()).toEqual([
    { step: 'first', ok: true, seconds: expect.any(Number), verified: 'it holds' },
    { progress: 'meanwhile', seconds: 0.5 },
    { done: true, ok: true, steps: 1, seconds: expect.any(Number) },
  ]);
});

it('prints the failed step and rethrows its error', async () => {
  const report = new Report(true);
  await expect(report.step('second', () => Promise.reject(new Error('it does not hold')))).rejects.toThrow(
    'it does not hold',
  );
  expect(jsonLines()).toEqual([
    { step: 'second', ok: false, seconds: expect.any(Number), error: 'it does not hold' },
  ]);
});
