import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../errors.ts';

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessMark {
  readonly pid: number;
  /** proc_pid_stat(5), field 22: clock ticks after boot. */
  readonly startTime: string;
}

/** proc_pid_stat(5): state and start time; undefined when there is no such process. */
function stat(pid: number): { state: string; startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses, which may hold blanks and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** Whether the very process runs. A zombie does not: where nobody reaps orphans it would stay for ever. */
export function isRunning({ pid, startTime }: ProcessMark): boolean {
  const seen = stat(pid);
  return seen !== undefined && seen.startTime === startTime && seen.state !== 'Z' && seen.state !== 'X';
}

/** Waits until `condition` gives a value; looks again every 20 ms. @throws LabError `LAB_TIMEOUT` */
export async function waitFor<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline)
      throw new LabError('LAB_TIMEOUT', `waited ${timeoutMs / 1000} s for ${what}`);
    await delay(20);
  }
}
