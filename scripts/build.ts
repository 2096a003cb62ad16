/** Bundles the programs for the repository itself, except those that are newer than all sources. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, type ProgramName, programs, root } from './bundle.ts';

const sources = ['packages', 'lab/src', 'package-lock.json', 'scripts/build.ts', 'scripts/bundle.ts'];
const newest = Math.max(...sources.map((path) => newestChange(join(root, path))));
const names = Object.keys(programs) as ProgramName[];
const stale = names.filter((name) => changedAt(join(root, programs[name], 'dist', `${name}.js`)) < newest);

await Promise.all(stale.map((name) => bundle(name, { folder: `${programs[name]}/dist`, sourcemap: true })));

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestChange(path: string): number {
  if (!statSync(path).isDirectory()) return changedAt(path);
  const inside = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && entry.name !== 'dist')
    .map((entry) => newestChange(join(path, entry.name)));
  return Math.max(0, ...inside);
}
