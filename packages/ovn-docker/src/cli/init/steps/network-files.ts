import type { FileChange } from '../../machine/files.ts';
import { managers } from '../../network-managers/managers.ts';
import type { Step } from '../step.ts';
import { areWritten, leftToWrite, mergeFiles, restoreFiles, writeFiles } from './write-files.ts';

/** Writes the files for the network manager, which reads them in a later step. */
export const networkFiles: Step<FileChange[]> = {
  name: 'network files',
  describe: ({ change, manager }) =>
    manager === 'none'
      ? ['nothing: you make the change persistent (--by-hand)']
      : [
          ...change.files.map(({ path, before }) => `${before ? 'change' : 'write'} ${path}`),
          ...change.notes,
        ],
  isDone: async (machine, { change }) => areWritten(machine, change.files),
  remember: async (machine, { change }) => leftToWrite(machine, change.files),
  async do(machine, { change }) {
    writeFiles(machine, change.files);
    return [change.files.map(({ path }) => path).join(', ')];
  },
  async undo({ machine, names, manager }, before) {
    const { isChanged, facts } = restoreFiles(machine, before);
    if (!machine.isBooting && before.length > 0) await managers[manager].restored(machine, names, isChanged);
    return facts;
  },
  merge: mergeFiles,
};
