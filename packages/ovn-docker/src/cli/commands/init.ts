import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { choiceOption, flag, textOption } from '../options.ts';
import { doctor } from './doctor.ts';

const datapaths = ['system', 'netdev'] as const;
const moments = ['now', 'watch', 'boot'] as const;

/** Sets this VM up for containers with NICs, or undoes that. */
export const init = defineCommand({
  name: 'init',
  summary: 'set this VM up: the bridge with the uplink, the credential, the agent; safe over ssh',
  needsRoot: true,
  elsewhere: 'refuses',
  options: {
    uplink: textOption(
      '--uplink <name>',
      'interface to the hypervisor; default: the one that leads to the API',
    ),
    bridge: textOption('--bridge <name>', 'bridge of Open vSwitch; default: as configured, or br0'),
    clouds: textOption(
      '--clouds <file>',
      'clouds.yaml with the agent’s credential, such as that of `credential create`; not after `join`',
    ),
    cloud: textOption('--cloud <name>', 'cloud in that file; default: the only one'),
    dryRun: flag('--dry-run', 'print the plan and change nothing'),
    yes: flag('--yes', 'do not ask before the first change'),
    byHand: flag('--by-hand', 'leave the files of the network alone: you make the change last over a reboot'),
    datapath: choiceOption('--datapath <kind>', 'datapath of a new bridge; default: system', datapaths),
    undo: flag('--undo', 'make the VM again what it was before init'),
    force: flag('--force', 'with --undo: although containers have NICs; they lose their network'),
    recover: choiceOption('--recover <when>', 'undo an interrupted run; init itself calls this', moments),
  },

  validate(_settings, { undo, force, ...input }) {
    for (const name of ['uplink', 'bridge', 'clouds', 'cloud'] as const) {
      const value = input[name];
      if (value === undefined) continue;
      if (undo)
        throw new OvnDockerError(
          'E_USAGE',
          `--undo does not accept --${name}: init has recorded what it changed`,
        );
      if (value.trim() === '') throw new OvnDockerError('E_USAGE', `--${name} is empty`);
    }
    for (const name of ['uplink', 'bridge'] as const) {
      if (input[name] !== undefined && !/^[\w.:-]{1,15}$/.test(input[name]))
        throw new OvnDockerError('E_USAGE', `--${name} must be the name of an interface`);
    }
    if (force && !undo) throw new OvnDockerError('E_USAGE', '--force belongs to --undo');
  },

  async action(settings, { undo, recover: when, ...options }) {
    const { thisMachine } = await import('../machine/this-machine.ts');
    const { terminal } = await import('../init/prompt.ts');
    using machine = thisMachine({ isBooting: when === 'boot' });
    if (when !== undefined) {
      const { recover, watchRun } = await import('../init/recover.ts');
      const { printStep } = await import('../init/run-init.ts');
      await (when === 'watch' ? watchRun(machine, printStep) : recover(machine, printStep));
      return;
    }
    if (undo) {
      const { runUndo } = await import('../init/run-undo.ts');
      await runUndo(machine, settings, options, terminal);
      return;
    }
    const { runInit } = await import('../init/run-init.ts');
    if (!(await runInit(machine, settings, options, terminal))) return;
    const { readSettings } = await import('../settings.ts');
    process.stdout.write('\n');
    await doctor.action(await readSettings(settings.options), {});
  },
});
