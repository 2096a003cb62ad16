/**
 * Bundles the three programs (`ovn-docker`, `embedded-neutron`, the lab) with esbuild, one file each, without
 * native code. A bundle starts faster than many files, and a VM needs only one file. Programs that are newer
 * than all sources are not built again.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const programs = [
  { entry: 'packages/ovn-docker/src/main.ts', out: 'packages/ovn-docker/dist/ovn-docker.js' },
  {
    entry: 'packages/embedded-neutron/src/main.ts',
    out: 'packages/embedded-neutron/dist/embedded-neutron.js',
  },
  { entry: 'lab/src/main.ts', out: 'lab/dist/lab.js' },
];

const sources = ['packages', 'lab/src', 'package-lock.json', 'scripts/build.ts'];
const newest = Math.max(...sources.map((path) => newestChange(join(root, path))));
const stale = programs.filter(({ out }) => changedAt(join(root, out)) < newest);

await Promise.all(
  stale.map(async ({ entry, out }) => {
    mkdirSync(dirname(join(root, out)), { recursive: true });
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      conditions: ['source'],
      sourcemap: 'linked',
      external: ['koffi'],
      legalComments: 'none',
      logLevel: 'warning',
      // CommonJS dependencies call require() for Node's own modules.
      banner: {
        js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
      },
    });
  }),
);

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
