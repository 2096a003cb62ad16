import { visibleLines } from '../output/visible.ts';
import type { CheckReport } from './run-checklist.ts';

const marks = { good: '✓', warning: '!', skipped: '–', broken: '✗', 'not looked at': '·' } as const;

/**
 * One report as text: mark, name, facts and duration; then its warnings with their hints; for a broken check,
 * the error and its hint.
 * @param width of the column with the names
 */
export function printReport(report: CheckReport, width: number): string {
  return visibleLines(textOf(report, width));
}

function textOf(report: CheckReport, width: number): string {
  const start = `${marks[report.state]} ${report.check.padEnd(width)}  `;
  if (report.state === 'not looked at') return `${start}not looked at\n`;
  const duration = `${(report.ms / 1000).toFixed(2)} s`;
  const indent = ' '.repeat(width + 4);
  if (report.state === 'broken') {
    const { message, code, hint } = report.error;
    return `${start}${message} [${code}]  ${duration}\n${indent}hint: ${hint}\n`;
  }
  const [first = '', ...others] = report.facts;
  const warnings = report.state === 'warning' ? report.warnings : [];
  const more = [
    ...others,
    ...warnings.flatMap(({ message, hint }) => [`warning: ${message}`, `hint: ${hint}`]),
  ];
  return `${start}${first}  ${duration}\n${more.map((line) => `${indent}${line}\n`).join('')}`;
}
