import { OvnDockerError } from '../../errors.ts';
import { printReport } from '../checklist/print-report.ts';
import type { CheckReport } from '../checklist/run-checklist.ts';
import type { Machine } from '../machine/machine.ts';
import type { Refusal } from '../network-managers/network-manager.ts';
import type { Settings } from '../settings.ts';
import { apply, stepsLeft } from './apply.ts';
import { firewallWarning } from './firewall-rules.ts';
import { onInterrupt } from './interrupt.ts';
import { type InitOptions, makePlan } from './make-plan.ts';
import type { Prompt } from './prompt.ts';
import { recoverFirst } from './recover.ts';
import { RunLock } from './run-lock.ts';
import type { Plan } from './step.ts';
import { hasUnit, UNIT } from './steps/agent.ts';
import { reachApi } from './steps/reach-api.ts';
import { steps } from './steps/steps.ts';

interface RunOptions extends InitOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** The width of the steps' names. */
const WIDTH = Math.max(...steps.map(({ name }) => name.length), 'safety net'.length);

export function printStep(report: CheckReport): void {
  process.stdout.write(printReport(report, WIDTH));
}

/**
 * `ovn-docker init`: prints the plan, asks, and runs the steps.
 * @returns whether the agent can work now: false after a dry run
 * @throws OvnDockerError
 */
export async function runInit(
  machine: Machine,
  settings: Settings,
  options: RunOptions,
  prompt: Prompt,
): Promise<boolean> {
  using lock = await RunLock.acquire(machine);
  if (!(await recoverFirst(machine, options, printStep))) return false;
  const planned = await makePlan(machine, settings, options, prompt);
  if ('refusal' in planned) throw refused(planned.refusal);
  const { plan } = planned;
  const left = await stepsLeft(machine, plan);
  if (left.every(({ name }) => name === reachApi.name)) {
    process.stdout.write(
      `Nothing to change: ${plan.names.bridge} with uplink ${plan.names.uplink} is set up.\n`,
    );
    return true;
  }
  process.stdout.write(
    describePlan(
      plan,
      left.flatMap((step) => step.describe(plan)),
    ),
  );
  if (options.dryRun) return false;
  await requireConsent(options, prompt);
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  await apply(machine, plan, { done: printStep, undone: printUndone }, { lock, signal });
  if (!(await hasUnit(machine)))
    process.stdout.write(`There is no unit ${UNIT}: have your init system run \`ovn-docker agent\`.\n`);
  return true;
}

function printUndone(report: CheckReport): void {
  printStep(report.state === 'not looked at' ? report : { ...report, check: `undo ${report.check}` });
}

/** The plan as text. */
function describePlan({ names, mac, mtu, change, firewallRules }: Plan, lines: readonly string[]): string {
  const warning = firewallWarning(firewallRules, names.uplink, names.bridge);
  return [
    `uplink          ${names.uplink}, MAC address ${mac}, MTU ${mtu}`,
    `network by      ${change.found}`,
    '',
    'ovn-docker will:',
    ...lines.map((line) => `- ${line}`),
    '',
    'If a step fails, this session breaks or the power fails, everything is undone.',
    '',
    ...(warning === undefined ? [] : [warning, '']),
  ].join('\n');
}

/** @throws OvnDockerError `E_USAGE` */
export async function requireConsent({ yes }: { yes?: boolean | undefined }, prompt: Prompt): Promise<void> {
  if (yes) return;
  if (!prompt.isInteractive) {
    throw new OvnDockerError('E_USAGE', 'there is no terminal to ask whether to go on', {
      hint: 'read the plan, and repeat the command with --yes',
    });
  }
  const answer = await prompt.ask('Go on? [y/N] ');
  if (!/^y(es)?$/i.test(answer)) throw new OvnDockerError('E_USAGE', 'not confirmed; nothing was changed');
}

/** Prints the lines for the user. */
function refused({ found, reason, byHand }: Refusal): OvnDockerError {
  process.stdout.write(
    `network by      ${found}\n\nTo do by hand:\n\n${byHand.map((line) => `    ${line}`).join('\n')}\n\n`,
  );
  return new OvnDockerError('E_NETWORK_MANAGER', `init does not change this network: ${reason}`);
}
