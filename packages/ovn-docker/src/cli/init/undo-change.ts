import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import { type CheckReport, runChecklist } from '../checklist/run-checklist.ts';
import type { Machine } from '../machine/machine.ts';
import type { Pending } from './records.ts';
import { Records } from './records.ts';
import { removeBootUnit } from './safety-net.ts';
import type { Step, UndoContext } from './step.ts';
import { steps as allSteps } from './steps/steps.ts';

/** Learns what each step did. */
export type Report = (report: CheckReport) => void;

/**
 * Undoes every step of a change, from the last one to the first, whether it ran or not. Goes on after a step
 * that fails; the record of the change then stays, so that the next attempt can complete the work.
 * @throws OvnDockerError `E_ROLLBACK_FAILED`
 */
export async function undoChange(
  machine: Machine,
  pending: Pending,
  report: Report,
  steps: readonly Step[] = allSteps,
): Promise<void> {
  const { names, manager, remote, before } = pending;
  const failed: string[] = [];
  for (const step of steps.toReversed()) {
    if (!(step.name in before)) continue;
    const context: UndoContext = { machine, names, manager, remote };
    for await (const outcome of runChecklist([asUndo(step, before[step.name])], context)) {
      report(outcome);
      if (outcome.state === 'broken') failed.push(`${step.name} (${outcome.error.message})`);
    }
  }
  if (failed.length > 0)
    throw new OvnDockerError('E_ROLLBACK_FAILED', `these steps could not be undone: ${failed.join('; ')}`);
  new Records(machine.files).forget(pending);
  await removeBootUnit(machine);
}

function asUndo(step: Step, before: unknown): Check<UndoContext> {
  return {
    name: step.name,
    async run(context) {
      const facts = (await step.undo(context, before)) ?? [];
      return { facts: ['as before', ...facts] };
    },
  };
}
