import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/**
 * Removes the control groups of a machine's containers from every hierarchy (cgroups(7): rmdir, children
 * first).
 */
export function removeCgroups(name: string): void {
  for (const hierarchy of ['.', ...subdirectories(ROOT)]) removeTree(join(ROOT, hierarchy, name));
}

function removeTree(path: string): void {
  const children = subdirectories(path);
  for (const child of children) removeTree(join(path, child));
  try {
    rmdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function subdirectories(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
