import type { Machine } from '../../machine/machine.ts';
import type { Step } from '../step.ts';
import { areChanged } from './write-files.ts';

export const UNIT = 'ovn-docker.service';

/** What systemd says about the agent's unit. */
interface UnitState {
  readonly exists: boolean;
  readonly isEnabled: boolean;
  readonly isActive: boolean;
}

/** Enables the agent's unit and starts it. */
export const agent: Step<UnitState> = {
  name: 'agent',
  describe: () => [`enable and start ${UNIT}`],
  async isDone(machine, { agentFiles }) {
    const { exists, isEnabled, isActive } = await stateOf(machine);
    // A running agent does not know a file that this run changes.
    return !exists || (isEnabled && isActive && !areChanged(agentFiles.changes));
  },
  remember: stateOf,
  async do(machine) {
    await machine.run('systemctl', 'enable', '--quiet', UNIT);
    await machine.run('systemctl', 'restart', UNIT);
    return [`${UNIT} is enabled and runs`];
  },
  async undo({ machine }, before) {
    const now = await stateOf(machine);
    if (!now.exists) return undefined;
    // At boot, systemd may have queued the agent's start; waiting for that would wait for this program.
    if (now.isEnabled && !before.isEnabled) await machine.run('systemctl', 'disable', '--quiet', UNIT);
    if (!before.isActive)
      await machine.run('systemctl', 'stop', ...(machine.isBooting ? ['--no-block'] : []), UNIT);
    return undefined;
  },
};

/** Whether systemd knows the agent's unit. */
export async function hasUnit(machine: Machine): Promise<boolean> {
  return (await stateOf(machine)).exists;
}

async function stateOf(machine: Machine): Promise<UnitState> {
  if (!machine.hasSystemd) return { exists: false, isEnabled: false, isActive: false };
  const text = await machine.run('systemctl', 'show', '--property=LoadState,UnitFileState,ActiveState', UNIT);
  return {
    exists: text.includes('LoadState=loaded'),
    // `enabled-runtime` lasts until the next boot.
    isEnabled: /^UnitFileState=enabled$/m.test(text),
    isActive: /ActiveState=(active|activating|reloading)/.test(text),
  };
}
