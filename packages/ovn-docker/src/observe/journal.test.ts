import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isJournal, priorityOf } from './journal.ts';

it('each level of the log has a priority of syslog', () => {
  expect([10, 20, 30, 40, 50, 60].map(priorityOf)).toEqual(['<7>', '<7>', '<6>', '<4>', '<3>', '<2>']);
});

/** Runs a script that may use `openLog` and `writeToStderr`, and returns the lines of its stderr, a file. */
function linesOf(
  script: string,
  environment: (file: { dev: number; ino: number }) => Record<string, string>,
): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'journal-test-'));
  const path = join(directory, 'stderr');
  const fd = openSync(path, 'w');
  const load = (file: string) => `await import(${JSON.stringify(join(import.meta.dirname, file))})`;
  const imports = `
    const { openLog } = ${load('log.ts')};
    const { writeToStderr } = ${load('journal.ts')};`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', imports + script], {
    stdio: ['ignore', 'ignore', fd],
    env: { ...process.env, ...environment(fstatSync(fd)) },
  });
  closeSync(fd);
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  rmSync(directory, { recursive: true });
  expect(status).toBe(0);
  return lines;
}

const LOG = `
  const log = openLog('info');
  log.info('one');
  log.warn({ token: 'secret' }, 'two');
  log.error('three');`;

const journal = ({ dev, ino }: { dev: number; ino: number }) => ({ JOURNAL_STREAM: `${dev}:${ino}` });

it('on the journal, a line of the log begins with its priority', () => {
  const lines = linesOf(LOG, journal);
  expect(lines.map((line) => line.slice(0, 3))).toEqual(['<6>', '<4>', '<3>']);
  expect(JSON.parse((lines[1] ?? '').slice(3))).toMatchObject({ msg: 'two', token: '[Redacted]' });
});

it('elsewhere, a line of the log is JSON alone', () => {
  const lines = linesOf(LOG, () => ({ JOURNAL_STREAM: '1:2' }));
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['one', 'two', 'three']);
});

it('on the journal, every line of an error has its priority; elsewhere none', () => {
  const script = `writeToStderr('error', 'what happened\\n  hint: what to do\\n');`;
  expect(linesOf(script, journal)).toEqual(['<3>what happened', '<3>  hint: what to do']);
  expect(linesOf(script, () => ({}))).toEqual(['what happened', '  hint: what to do']);
});

it('no stream is the journal without systemd', () => {
  expect(isJournal(2, undefined)).toBe(false);
});
