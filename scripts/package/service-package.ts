import { join } from 'node:path';
import { root } from '../bundle.ts';
import { buildDebianPackage } from './debian-package.ts';
import { copyrightText } from './licences.ts';
import { addManualPage } from './manual.ts';
import { addNode, addProgram } from './program-files.ts';
import type { Target } from './target.ts';
import { Tree } from './tree.ts';

/** Builds the Debian package of a service, `NAME_VERSION_amd64.deb`, which docs/packages.md describes. */
export async function buildServicePackage(
  name: 'embedded-neutron' | 'ovn-docker-broker',
  target: Target,
): Promise<string> {
  const { version, time, node, scratch, folder } = target;
  const documents = `usr/share/doc/${name}`;
  const library = `usr/lib/${name}`;
  const packaging = join(root, 'packaging');
  const tree = new Tree(join(scratch, name));
  const metafile = await addProgram(tree, name, library, version);
  addNode(tree, node, name, library, documents);
  tree.copy(join(packaging, `${name}.service`), `lib/systemd/system/${name}.service`);
  const example = join(packaging, name, 'config.example.yaml');
  tree.copy(example, `etc/${name}/config.example.yaml`);
  addManualPage(tree, `${name}.8`, target, { example });
  tree.copy(join(packaging, name, 'lintian-overrides'), `usr/share/lintian/overrides/${name}`);
  tree.write(`${documents}/copyright`, copyrightText(metafile));
  return buildDebianPackage({ name, version, tree, time }, folder);
}
