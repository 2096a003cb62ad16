import { expect, it, vi } from 'vitest';
import { printReport } from '../checklist/print-report.ts';
import { printHealth } from '../health/print-health.ts';
import { reportError } from './report-error.ts';
import { table } from './table.ts';
import { visible, visibleLines } from './visible.ts';

/** Clears the terminal, and C1's form of the same code. */
const ATTACK = 'LS1\u001b[2J\u009b2J\u0007';
const SHOWN = 'LS1\\x1b[2J\\x9b2J\\x07';

it.each([
  ['a table', () => table(['NAME'], [[ATTACK]])],
  ['a report of doctor', () => printReport({ check: 'x', state: 'good', facts: [ATTACK], ms: 1 }, 5)],
  [
    'the faults and reasons of `health`',
    () =>
      printHealth(
        [{ host: 'vm-a', ready: false, reasons: [ATTACK], notes: [], containers: [] }],
        0,
        (_, text) => text,
      ),
  ],
  [
    'an error',
    () => {
      const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      reportError(new Error(ATTACK), true);
      const text = written.mock.calls.join('');
      written.mockRestore();
      return text;
    },
  ],
])('%s: control characters of a name are shown, and the terminal does not obey them', (_, print) => {
  const text = print();
  expect(text).toContain(SHOWN);
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u009b');
});

it('names keep every other character, and texts their lines', () => {
  expect(visible('Größe 網路 \n\t')).toBe('Größe 網路 \\x0a\\x09');
  expect(visibleLines('one\ntwo\r')).toBe('one\ntwo\\x0d');
});
