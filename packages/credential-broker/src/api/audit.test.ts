import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LogLine, listeningLog } from '../../test/support/test-broker.ts';
import { Audit } from './audit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sender = { address: '10.0.0.5', vm: 'v', method: 'GET', path: '/v2.0/ports' };

test('a VM that sends too fast writes two lines a second, which count its refusals', () => {
  const lines: LogLine[] = [];
  const audit = new Audit(listeningLog(lines));
  for (let count = 0; count < 500; count++) audit.refused(sender, 'rate', 'too fast');
  audit.refused({ ...sender, vm: 'w' }, 'rate', 'too fast');
  vi.advanceTimersByTime(1000);
  const shown = lines.map(({ vm, times }) => [vm, times]);
  expect(shown).toEqual([
    ['v', undefined],
    ['w', undefined],
    ['v', 499],
  ]);
});

test('every other refusal is a line of its own, with a path of bounded length', () => {
  const lines: LogLine[] = [];
  const audit = new Audit(listeningLog(lines));
  for (let count = 0; count < 3; count++) {
    audit.refused({ ...sender, path: 'x'.repeat(5000) }, 'request', 'no');
  }
  expect(lines).toHaveLength(3);
  expect(String(lines[0]?.['path'])).toHaveLength(300);
});
