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

/** Where `--undo` keeps files that the user has changed since init. */
const KEPT = '/var/backups/ovn-docker';

/** What {@link restoreFiles} did. */
interface Restored {
  /** Whether a file was different. */
  readonly isChanged: boolean;
  /** For the report: the files of the user that were kept. */
  readonly facts: readonly string[];
}

/** Restores the files, the last one first. Keeps a copy of a file that the user has changed meanwhile. */
export function restoreFiles({ files }: Machine, changes: readonly FileChange[]): Restored {
  const different = changes.filter(({ path, before }) => !isSameFile(files.read(path), before));
  const facts = different.flatMap(({ path, after }) => {
    const now = files.read(path);
    if (now === undefined || isSameFile(now, after)) return [];
    files.write(KEPT + path, now);
    return [`${path} has changed since init: the changed one is ${KEPT}${path}`];
  });
  for (const change of changes.toReversed()) files.restore(change);
  return { isChanged: different.length > 0, facts };
}

/** Combines the changes of two runs: of a file that both changed, the oldest and the newest state count. */
export function mergeFiles(older: readonly FileChange[], newer: readonly FileChange[]): FileChange[] {
  const newest = new Map(newer.map((change) => [change.path, change]));
  const merged = older.map((change) => ({ ...change, after: (newest.get(change.path) ?? change).after }));
  const known = new Set(older.map(({ path }) => path));
  return [...merged, ...newer.filter(({ path }) => !known.has(path))];
}

/** Whether the plan of this run changes one of these files. */
export function areChanged(changes: readonly FileChange[]): boolean {
  return changes.some(({ before, after }) => !isSameFile(before, after));
}
