/**
 * Bundles a program with esbuild: one small entry file, and chunks that Node loads when a command needs them.
 * Everything of node_modules is inside, except the native library of koffi.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

export const root = resolve(import.meta.dirname, '..');

/** The programs by name; their entry file in dist/ has the same name. */
export const programs = {
  'ovn-docker': 'packages/ovn-docker',
  'embedded-neutron': 'packages/embedded-neutron',
  'ovn-docker-broker': 'packages/credential-broker',
  lab: 'lab',
} as const;

export type ProgramName = keyof typeof programs;

export interface BundleOptions {
  /** The folder for the entry file and `chunks/`, from the root; all other files in it are deleted. */
  readonly folder: string;
  /** The version that the program reports, if it is not that of its package.json. */
  readonly version?: string;
  readonly sourcemap: boolean;
}

/** @returns esbuild's list of the outputs and of the sources in each */
export async function bundle(name: ProgramName, options: BundleOptions): Promise<Metafile> {
  const { folder, version, sourcemap } = options;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: `${programs[name]}/src/main.ts`, out: name }],
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['source'],
    sourcemap: sourcemap ? 'linked' : false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    // CommonJS dependencies call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
    plugins: version === undefined ? [] : [reportVersion(version)],
  });
  const outputs = Object.keys(metafile.outputs).map((path) => resolve(root, path));
  removeOthers(resolve(root, folder), new Set(outputs));
  return metafile;
}

/** Replaces the version in package.json, which the programs import. */
function reportVersion(version: string): Plugin {
  return {
    name: 'version',
    setup({ onLoad }) {
      onLoad({ filter: /\/packages\/[^/]+\/package\.json$/ }, () => ({
        contents: JSON.stringify({ version }),
        loader: 'json',
      }));
    },
  };
}

/** The names of chunks change with their contents, so chunks of an earlier build would stay. */
function removeOthers(folder: string, outputs: ReadonlySet<string>): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !outputs.has(path)) rmSync(path);
  }
}

/** The sizes of the files that Node loads before the program's first line runs, by path. */
export function loadedAtStart({ outputs }: Metafile, name: ProgramName): Map<string, number> {
  const entry = Object.keys(outputs).find((path) => path.endsWith(`/${name}.js`)) ?? '';
  const loaded = new Map<string, number>();
  const waiting = [entry];
  for (const path of waiting) {
    const output = outputs[path];
    if (!output || loaded.has(path)) continue;
    loaded.set(path, output.bytes);
    for (const { kind, path: next } of output.imports) if (kind === 'import-statement') waiting.push(next);
  }
  return loaded;
}
