import { accessSync, constants } from 'node:fs';
import { nameOf } from '../../clients/vm-sockets/ssh-host.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { callersToken, type Settings } from '../settings.ts';
import { type ChosenHost, chooseHost } from './choose-host.ts';

/**
 * Runs a command for the VM that the user chose.
 * @param words the command with its arguments and options, as the user wrote them
 * @throws OvnDockerError `E_NOT_ROOT`, `E_HOST`, and the errors of ssh and of the command
 */
export async function useCommand(
  command: Command,
  settings: Settings,
  input: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Promise<void> {
  const { name, needsRoot, elsewhere } = command;
  const host = await hostFor(command, settings);
  if (host?.kind !== 'ssh') {
    if (needsRoot && !(elsewhere === 'uses sockets' && mayUse(settings.config.socket))) requireRoot(name);
  } else if (elsewhere === 'refuses') {
    throw new OvnDockerError('E_HOST', `\`ovn-docker ${name}\` works only in the VM itself`, {
      hint: `run it there: \`ssh -t ${nameOf(host.ssh)} ovn-docker ${name} …\``,
    });
  } else if (elsewhere === 'runs there') {
    const { runThere } = await import('./run-there.ts');
    const token = await callersToken(settings, true);
    process.exitCode = await runThere(host.ssh, settings.options, words, token);
    return;
  }
  if (host === undefined) {
    await command.action(settings, input);
    return;
  }
  const { withVm } = await import('./with-vm.ts');
  await withVm(settings, host, (chosen) => command.action(chosen, input));
}

/**
 * A command that refuses other VMs, such as the agent itself, ignores Docker's variables and contexts: they
 * are meant for others.
 */
async function hostFor({ elsewhere }: Command, { options }: Settings): Promise<ChosenHost | undefined> {
  const named = options.host !== undefined || options.context !== undefined;
  if (elsewhere === undefined || (elsewhere === 'refuses' && !named)) return undefined;
  return chooseHost(options);
}

/** Whether this user is in the group of the agent's socket (`socket_group`). */
function mayUse(socket: string): boolean {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws OvnDockerError `E_NOT_ROOT` */
function requireRoot(command: string): void {
  if (process.getuid?.() !== 0)
    throw new OvnDockerError('E_NOT_ROOT', `\`ovn-docker ${command}\` needs root`);
}
