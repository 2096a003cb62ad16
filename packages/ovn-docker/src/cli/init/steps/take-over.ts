import { managers } from '../../network-managers/managers.ts';
import type { Step } from '../step.ts';
import { areChanged } from './write-files.ts';

/** Has the network manager configure the bridge, so that the next step checks the state after a reboot. */
export const takeOver: Step<null> = {
  name: 'network manager',
  describe: ({ change, manager, names }) =>
    manager === 'none' ? [] : [`have ${change.found.replace(/ \(.*/, '')} configure ${names.bridge}`],
  // The running program does not know a file that this run changes.
  isDone: async (machine, { manager, names, change }) =>
    !areChanged(change.files) && managers[manager].isActive(machine, names),
  remember: async () => null,
  async do(machine, { manager, names, change }) {
    await managers[manager].takeOver(machine, names);
    return [`${change.found.replace(/ \(.*/, '')} has configured ${names.bridge}`];
  },
  async undo({ machine, manager, names }) {
    if (!machine.isBooting) await managers[manager].release(machine, names);
    return undefined;
  },
};
