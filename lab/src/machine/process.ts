import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../errors.ts';

/** Identifies a process; a later process with the same id differs in the start time. */
export interface ProcessMark {
  readonly pid: number;
  /** proc_pid_stat(5), field 22: clock ticks after boot. */
  readonly startTime: string;
}

/** Reads state and start time of a process (proc_pid_stat(5)); undefined if it does not exist. */
function stat(pid: number): { state: string; startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses, which can contain spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/**
 * Whether this process runs. A zombie does not: on a computer whose init does not reap orphans, it never
 * disappears.
 */
export function isRunning({ pid, startTime }: ProcessMark): boolean {
  const current = stat(pid);
  return (
    current !== undefined && current.startTime === startTime && current.state !== 'Z' && current.state !== 'X'
  );
}

/**
 * Calls `condition` every 20 ms until it returns a value other than undefined and false, and returns that
 * value.
 * @param what what is awaited, for the error message
 * @throws LabError `LAB_TIMEOUT`
 */
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
