import { randomBytes } from 'node:crypto';
import { AgentClient } from '../../api/client.ts';
import type { BridgeState } from '../../clients/vm-switch/bridge-setup.ts';
import { OvnDockerError } from '../../errors.ts';
import { vlanOfName } from '../../nics/names.ts';
import type { Machine } from '../machine/machine.ts';
import type { Settings } from '../settings.ts';
import { onInterrupt } from './interrupt.ts';
import type { Prompt } from './prompt.ts';
import { type Applied, type Pending, Records } from './records.ts';
import { recoverFirst } from './recover.ts';
import { printStep, requireConsent } from './run-init.ts';
import { RunLock } from './run-lock.ts';
import { spanSafetyNet } from './safety-net.ts';
import { bridge } from './steps/bridge.ts';
import { networkFiles } from './steps/network-files.ts';
import { untilReachable } from './steps/reach-api.ts';
import { undoChange } from './undo-change.ts';

/** The options of `ovn-docker init --undo`. */
interface UndoOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/**
 * `ovn-docker init --undo`: makes the VM again what it was before the first `ovn-docker init`.
 * @throws OvnDockerError `E_NIC_IN_USE` `E_ROLLBACK_FAILED`
 */
export async function runUndo(
  machine: Machine,
  settings: Settings,
  options: UndoOptions,
  prompt: Prompt,
): Promise<void> {
  using lock = await RunLock.acquire(machine);
  if (!(await recoverFirst(machine, options, printStep))) return;
  const records = new Records(machine.files);
  const applied = records.applied();
  if (!applied) {
    process.stdout.write('Nothing to undo: `ovn-docker init` has changed nothing in this VM.\n');
    return;
  }
  const { names } = applied;
  const byHand = isByHand(applied)
    ? `Warning: you changed the network's files, and not init. Make ${names.uplink} in them again what it was before the next boot, or the VM may be unreachable then.\n`
    : '';
  process.stdout.write(
    `${byHand}ovn-docker will delete the warm NICs, stop the agent, remove bridge ${names.bridge}, give ${names.uplink} its addresses and restore all files.\n`,
  );
  if (!options.force) await requireUnused(machine, settings, applied);
  if (options.dryRun) return;
  await requireConsent(options, prompt);
  using _interrupt = onInterrupt();
  await deleteWarmNics(settings, options.force ?? false);
  const { ids: _, ...what } = applied;
  const id = randomBytes(8).toString('hex');
  const pending: Pending = {
    ...what,
    id,
    kind: 'undo',
    pid: process.pid,
  };
  await spanSafetyNet(machine, lock);
  records.begin(pending);
  await undoChange(machine, pending, printStep);
  for (const url of applied.apis) await untilReachable(machine, url);
  process.stdout.write(`The VM is as it was; ${applied.apis.join(' and ')} can be reached.\n`);
}

/** Whether `--undo` has no file of the network manager to restore. */
export function isByHand({ before }: Pick<Applied, 'before'>): boolean {
  const files = before[networkFiles.name];
  return Array.isArray(files) && files.length === 0;
}

/** @throws OvnDockerError `E_NIC_IN_USE` */
async function requireUnused(machine: Machine, settings: Settings, applied: Applied): Promise<void> {
  const { names, remote } = applied;
  await using agent = new AgentClient(settings.config.socket);
  const status = await ifRuns(agent.status());
  const claimed = status?.nics.filter(({ state, isOutpost }) => state === 'claimed' && !isOutpost) ?? [];
  const containers = claimed.map(({ container, network }) => `${container ?? 'a container'} on ${network}`);
  if (containers.length > 0) {
    const message = `containers have NICs on this bridge: ${containers.slice(0, 10).join(', ')}${containers.length > 10 ? ' …' : ''}`;
    throw new OvnDockerError('E_NIC_IN_USE', message);
  }
  const others = await machine.withBridges(remote, async (bridges) =>
    portsInUse(bridges.find(names.bridge), applied, status !== undefined),
  );
  if (others.length === 0) return;
  throw new OvnDockerError(
    'E_NIC_IN_USE',
    `the bridge ${names.bridge} has other ports: ${others.slice(0, 10).join(', ')}`,
    {
      hint: status
        ? 'remove these ports, which the agent did not make; --force removes them all'
        : 'start the agent, so that it can delete its NICs (`systemctl start ovn-docker`), and remove other ports; --force removes them all',
    },
  );
}

/**
 * The ports of the bridge that keep it in use: NICs, which a running agent deletes, and ports of other
 * programs, unless the bridge existed before init and stays with them.
 */
export function portsInUse(
  found: BridgeState | undefined,
  { names, before }: Pick<Applied, 'names' | 'before'>,
  isAgentRunning: boolean,
): string[] {
  const others = found?.ports.filter((port) => port !== names.uplink) ?? [];
  const isInUse = (port: string) => (vlanOfName(port) === undefined ? !before[bridge.name] : !isAgentRunning);
  return others.filter(isInUse);
}

/** Their Neutron ports would stay behind. */
async function deleteWarmNics(settings: Settings, isForced: boolean): Promise<void> {
  await using agent = new AgentClient(settings.config.socket);
  try {
    await ifRuns(agent.drainPool());
  } catch (error) {
    if (!isForced) throw error;
    process.stderr.write(`ovn-docker: warning: warm NICs stay in Neutron: ${(error as Error).message}\n`);
  }
}

async function ifRuns<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof OvnDockerError && error.code === 'E_AGENT_NOT_RUNNING') return undefined;
    throw error;
  }
}
