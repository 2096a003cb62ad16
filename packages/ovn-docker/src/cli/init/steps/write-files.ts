import type { FileChange } from '../../machine/files.ts';
import { isSameFile } from '../../machine/files.ts';
import type { Machine } from '../../machine/machine.ts';

/** Whether every file is what the change makes of it. */
export function areWritten({ files }: Machine, changes: readonly FileChange[]): boolean {
  return changes.every(({ path, after }) => isSameFile(files.read(path), after));
}

/** The changes that are left to do. */
export function leftToWrite({ files }: Machine, changes: readonly FileChange[]): FileChange[] {
  return changes.filter(({ path, after }) => !isSameFile(files.read(path), after));
}

export function writeFiles({ files }: Machine, changes: readonly FileChange[]): void {
  for (const { path, after } of changes) files.write(path, after);
}

/** Restores the files, the last one first. @returns whether one was different */
export function restoreFiles({ files }: Machine, changes: readonly FileChange[]): boolean {
  const isChanged = changes.some(({ path, before }) => !isSameFile(files.read(path), before));
  for (const change of changes.toReversed()) files.restore(change);
  return isChanged;
}

/** Combines the changes of two runs: of a file that both changed, the older state counts. */
export function mergeFiles(older: readonly FileChange[], newer: readonly FileChange[]): FileChange[] {
  const known = new Set(older.map(({ path }) => path));
  return [...older, ...newer.filter(({ path }) => !known.has(path))];
}
