import type { FileChange } from '../../machine/files.ts';
import type { Step } from '../step.ts';
import { hasUnit, UNIT } from './agent.ts';
import { areWritten, leftToWrite, mergeFiles, restoreFiles, writeFiles } from './write-files.ts';

/** Writes the agent's credential and configuration. */
export const agentFiles: Step<FileChange[]> = {
  name: 'configuration',
  describe: ({ agentFiles: { changes, origin } }) =>
    changes.map(({ path, before, after }) => {
      const mode = after && 'mode' in after ? ` (${after.mode.toString(8).padStart(4, '0')})` : '';
      return `${before ? 'change' : 'write'} ${path}${mode}, from ${origin}`;
    }),
  isDone: async (machine, { agentFiles: { changes } }) => areWritten(machine, changes),
  remember: async (machine, { agentFiles: { changes } }) => leftToWrite(machine, changes),
  async do(machine, { agentFiles: { changes } }) {
    writeFiles(machine, changes);
    return [changes.map(({ path }) => path).join(', ')];
  },
  async undo({ machine }, before) {
    const { isChanged, facts } = restoreFiles(machine, before);
    // An agent that ran before init still has the configuration of init.
    if (isChanged && !machine.isBooting && (await hasUnit(machine)))
      await machine.run('systemctl', 'try-restart', '--no-block', UNIT);
    return facts;
  },
  merge: mergeFiles,
};
