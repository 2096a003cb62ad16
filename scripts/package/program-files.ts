import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { bundle, type ProgramName, root } from '../bundle.ts';
import type { Tree } from './tree.ts';

/** The library for glibc on x86-64. */
const KOFFI_LIBRARY = join(root, 'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node');

/**
 * Adds a program to a package: `dist/` with the bundle, and koffi's native library where koffi's own loader
 * looks for it from `dist/chunks/`.
 * @param prefix folder in the package
 */
export async function addProgram(
  tree: Tree,
  name: ProgramName,
  prefix: string,
  version: string,
): Promise<Metafile> {
  const metafile = await bundle(name, {
    folder: join(tree.folder, prefix, 'dist'),
    version,
    sourcemap: false,
  });
  if (Object.keys(metafile.inputs).some((path) => path.startsWith('node_modules/koffi/'))) {
    tree.copy(KOFFI_LIBRARY, join(prefix, 'build/koffi/linux_x64/koffi.node'));
  }
  return metafile;
}

/**
 * Adds Node to a Debian package, and a command that runs a program with it.
 * @param node folder of Node
 * @param library the program's folder, such as `usr/lib/ovn-docker`
 */
export function addNode(
  tree: Tree,
  node: string,
  name: ProgramName,
  library: string,
  documents: string,
): void {
  tree.copy(join(node, 'bin/node'), `${library}/bin/node`, 0o755);
  const command = `#!/bin/sh\nexec /${library}/bin/node /${library}/dist/${name}.js "$@"\n`;
  tree.write(`usr/bin/${name}`, command, 0o755);
  // The entry file is no command of its own here, because only another Node is on the PATH.
  const entry = join(tree.folder, library, 'dist', `${name}.js`);
  writeFileSync(entry, readFileSync(entry, 'utf8').replace(/^#!.*\n/, ''));
  chmodSync(entry, 0o644);
  const licence = readFileSync(join(node, 'LICENSE'));
  tree.write(`${documents}/copyright-of-node.gz`, gzipSync(licence, { level: 9 }));
}
