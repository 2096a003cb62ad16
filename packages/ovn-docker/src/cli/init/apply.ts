import { randomBytes } from 'node:crypto';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import { runChecklist } from '../checklist/run-checklist.ts';
import type { Machine } from '../machine/machine.ts';
import { type Pending, Records } from './records.ts';
import type { RunLock } from './run-lock.ts';
import { removeBootUnit, spanSafetyNet } from './safety-net.ts';
import type { Plan, Step } from './step.ts';
import { steps as allSteps } from './steps/steps.ts';
import { type Report, undoChange } from './undo-change.ts';

/** Listeners of {@link apply}. */
export interface Progress {
  readonly done: Report;
  readonly undone: Report;
}

/** How {@link apply} runs; tests replace the parts. */
export interface Run {
  readonly lock: Pick<RunLock, 'untilGuarded'>;
  /** Aborted when the user interrupts the command. */
  readonly signal: AbortSignal;
  readonly steps?: readonly Step[];
  readonly span?: typeof spanSafetyNet;
}

/** The steps that are left to do; the check of the API alone is none. */
export async function stepsLeft(
  machine: Machine,
  plan: Plan,
  steps: readonly Step[] = allSteps,
): Promise<Step[]> {
  const left: Step[] = [];
  for (const step of steps) if (!(await step.isDone(machine, plan))) left.push(step);
  return left;
}

/**
 * Runs all steps, or undoes all of them: if one fails, by itself; if this process is killed or the power
 * fails, by the safety net.
 * @throws OvnDockerError `E_ROLLED_BACK` `E_ROLLBACK_FAILED`
 */
export async function apply(machine: Machine, plan: Plan, progress: Progress, run: Run): Promise<void> {
  const { steps = allSteps, span = spanSafetyNet, signal, lock } = run;
  const records = new Records(machine.files);
  const before: Record<string, unknown> = {};
  for (const step of steps) before[step.name] = await step.remember(machine, plan);
  const { names, manager, remote, apis } = plan;
  const id = randomBytes(8).toString('hex');
  const what = { names, manager, remote, apis, before };
  const pending: Pending = { id, kind: 'init', ...what, pid: process.pid };
  const safetyNet: Check<Plan> = {
    name: 'safety net',
    async run() {
      const facts = await span(machine, lock);
      // Whatever ends this process from here on, the safety net finds the record.
      records.begin(pending);
      return { facts };
    },
  };
  const unsafe = await firstFault([safetyNet], plan, progress.done);
  if (unsafe !== undefined) {
    records.forget(pending);
    await removeBootUnit(machine);
    throw new OvnDockerError('E_ROLLED_BACK', `nothing was changed: ${unsafe}`);
  }
  const record: Check<Plan> = {
    name: 'record',
    async run() {
      records.commit(pending, mergeBefore(steps, records.applied()?.before, before));
      await removeBootUnit(machine);
      return { facts: ['`ovn-docker init --undo` finds what to restore'] };
    },
  };
  const checks = [...steps.map((step) => asCheck(step, machine, signal)), record];
  const failed = await firstFault(checks, plan, progress.done);
  // From the record on, init is complete, and the safety net removes its own unit as well.
  if (failed === undefined || records.pending() === undefined) return;
  await undoChange(machine, pending, progress.undone, steps);
  throw new OvnDockerError('E_ROLLED_BACK', `a step failed, and everything is as before: ${failed}`);
}

/** Runs the checks up to the first broken one. @returns its name and message */
async function firstFault(
  checks: readonly Check<Plan>[],
  plan: Plan,
  report: Report,
): Promise<string | undefined> {
  for await (const outcome of runChecklist(checks, plan)) {
    report(outcome);
    if (outcome.state === 'broken') return `${outcome.check}: ${outcome.error.message}`;
  }
  return undefined;
}

function asCheck(step: Step, machine: Machine, signal: AbortSignal): Check<Plan> {
  return {
    name: step.name,
    async run(plan) {
      if (signal.aborted)
        throw new OvnDockerError('E_NETWORK_CHANGE', 'the user has interrupted the command');
      if (await step.isDone(machine, plan)) return { facts: ['nothing to do'], isSkipped: true };
      return { facts: await step.do(machine, plan) };
    },
  };
}

/** What `--undo` has to restore after several runs. */
function mergeBefore(
  steps: readonly Step[],
  older: Readonly<Record<string, unknown>> | undefined,
  newer: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!older) return newer;
  const merge = ({ name, merge }: Step) =>
    name in older ? (merge?.(older[name], newer[name]) ?? older[name]) : newer[name];
  return Object.fromEntries(steps.map((step) => [step.name, merge(step)]));
}
