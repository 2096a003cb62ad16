import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Machine } from '../machine/machine.ts';
import { Records } from './records.ts';
import { RunLock } from './run-lock.ts';
import { DEADLINE_MS, removeBootUnit } from './safety-net.ts';
import { type Report, undoChange } from './undo-change.ts';

/**
 * Undoes a run of init that was interrupted, or completes an undo that was.
 * @returns whether there was one
 */
export async function recover(machine: Machine, report: Report): Promise<boolean> {
  const records = new Records(machine.files);
  const pending = records.pending();
  if (pending) {
    await undoChange(machine, pending, report);
  } else {
    records.tidy();
    await removeBootUnit(machine);
  }
  return pending !== undefined;
}

/**
 * Undoes an interrupted run before a new one, and says so. A dry run changes nothing and only says it.
 * @returns whether the new run can go on
 */
export async function recoverFirst(
  machine: Machine,
  { dryRun }: { readonly dryRun?: boolean | undefined },
  report: Report,
): Promise<boolean> {
  if (dryRun && new Records(machine.files).pending()) {
    process.stdout.write(
      'An earlier run was interrupted. Without --dry-run, init undoes it and plans anew.\n',
    );
    return false;
  }
  if (await recover(machine, report))
    process.stdout.write('An earlier run was interrupted; it is undone now.\n\n');
  return true;
}

/** The safety net's process: waits until the process with the lock ends, or for its deadline. */
export async function watchRun(machine: Machine, report: Report): Promise<boolean> {
  const watched = await RunLock.watch(machine);
  if (watched) {
    const ended = once(watched, 'close').catch(() => undefined);
    const deadline = new AbortController();
    const isLate = pause(DEADLINE_MS, true, { signal: deadline.signal });
    const late = await Promise.race([ended.then(() => false), isLate]);
    deadline.abort();
    isLate.catch(() => undefined);
    // It should have undone its work by itself long ago.
    if (late) kill(new Records(machine.files).pending()?.pid);
  }
  using _lock = await RunLock.wait(machine);
  return await recover(machine, report);
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
