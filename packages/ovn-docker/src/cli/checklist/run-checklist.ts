import { explainRefusal } from '../../clients/neutron/refusals.ts';
import { asOvnDockerError, type OvnDockerError } from '../../errors.ts';
import type { Check, Warning } from './check.ts';

/** The outcome of one check. */
export type CheckReport =
  | {
      readonly check: string;
      readonly state: 'good' | 'skipped';
      readonly facts: readonly string[];
      readonly ms: number;
    }
  | {
      readonly check: string;
      readonly state: 'warning';
      readonly facts: readonly string[];
      readonly warnings: readonly Warning[];
      readonly ms: number;
    }
  | { readonly check: string; readonly state: 'broken'; readonly error: OvnDockerError; readonly ms: number }
  | { readonly check: string; readonly state: 'not looked at' };

/**
 * Runs the checks in order, up to the first broken one. Later checks depend on it and would mislead: reports
 * them as `not looked at`. A warning does not end the run.
 *
 * @example
 * for await (const report of runChecklist(checks, context)) process.stdout.write(printReport(report, 20));
 */
export async function* runChecklist<Context>(
  checks: readonly Check<Context>[],
  context: Context,
): AsyncGenerator<CheckReport> {
  let isBroken = false;
  for (const check of checks) {
    const report: CheckReport = isBroken
      ? { check: check.name, state: 'not looked at' }
      : await runCheck(check, context);
    isBroken ||= report.state === 'broken';
    yield report;
  }
}

async function runCheck<Context>(check: Check<Context>, context: Context): Promise<CheckReport> {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const { facts, isSkipped, warnings = [] } = await check.run(context);
    if (warnings.length > 0) return { check: check.name, state: 'warning', facts, warnings, ms: ms() };
    return { check: check.name, state: isSkipped ? 'skipped' : 'good', facts, ms: ms() };
  } catch (error) {
    return { check: check.name, state: 'broken', error: asOvnDockerError(explainRefusal(error)), ms: ms() };
  }
}
