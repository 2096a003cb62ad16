import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bundle.ts';
import { monitoringFiles } from './agent-package.ts';
import { copyrightText } from './licences.ts';
import { addManualPage, agentPages } from './manual.ts';
import { addProgram } from './program-files.ts';
import type { Target } from './target.ts';
import { Tree } from './tree.ts';

/**
 * Builds `ovn-docker-VERSION.tgz` for machines without dpkg: `npm install -g` needs no registry, and unpacked
 * by tar it runs from `package/dist/ovn-docker.js`.
 */
export async function buildNpmPackage(target: Target): Promise<string> {
  const { version, time, scratch, folder } = target;
  const tree = new Tree(join(scratch, 'npm'));
  const source = join(root, 'packages/ovn-docker');
  const metafile = await addProgram(tree, 'ovn-docker', '', version);
  chmodSync(join(tree.folder, 'dist/ovn-docker.js'), 0o755);
  tree.write('package.json', `${JSON.stringify(manifest(join(source, 'package.json'), version), null, 2)}\n`);
  for (const file of ['README.md', 'LICENSE']) tree.copy(join(source, file), file);
  tree.write('licences-of-modules.txt', copyrightText(metafile));
  const files = ['ovn-docker.service', 'ovn-docker.network', 'ovs-vswitchd.conf', 'config.example.yaml'];
  for (const file of [...files, ...monitoringFiles]) {
    tree.copy(join(root, 'packaging', file), `packaging/${file}`);
  }
  tree.copy(join(root, 'packaging/await-cpu-count'), 'packaging/await-cpu-count', 0o755);
  for (const page of agentPages) addManualPage(tree, page, target, { folder: 'man' });
  tree.setTimes(time);
  const pack = ['pack', '--silent', '--offline', '--ignore-scripts', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: tree.folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, `ovn-docker-${version}.tgz`);
}

/** Everything is in the bundle, so there are no dependencies. The library of koffi is for glibc on x86-64. */
function manifest(file: string, version: string): object {
  const { name, description, license, type, engines, bin } = JSON.parse(readFileSync(file, 'utf8'));
  const platform = { os: ['linux'], cpu: ['x64'], libc: ['glibc'] };
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    ...platform,
    bin,
    man: agentPages.map((page) => `man/${page}.gz`),
  };
}
