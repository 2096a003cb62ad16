import type { LinkReport } from './run-checklist.ts';

const marks = { good: '✓', skipped: '–', broken: '✗', 'not looked at': '·' } as const;

/** One report for a person: the mark, the link, what was seen and the time; what to do when it is broken. */
export function printReport(report: LinkReport, width: number): string {
  const begin = `${marks[report.state]} ${report.link.padEnd(width)}  `;
  if (report.state === 'not looked at') return `${begin}not looked at\n`;
  const time = `${(report.ms / 1000).toFixed(2)} s`;
  const indent = ' '.repeat(width + 4);
  if (report.state === 'broken') {
    const { message, code, hint } = report.error;
    return `${begin}${message} [${code}]  ${time}\n${indent}hint: ${hint}\n`;
  }
  const [first = '', ...others] = report.facts;
  return `${begin}${first}  ${time}\n${others.map((fact) => `${indent}${fact}\n`).join('')}`;
}
