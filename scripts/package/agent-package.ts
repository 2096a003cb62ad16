import { join } from 'node:path';
import { root } from '../bundle.ts';
import { buildDebianPackage } from './debian-package.ts';
import { copyrightText } from './licences.ts';
import { addNode, addProgram } from './program-files.ts';
import type { Target } from './target.ts';
import { Tree } from './tree.ts';

/** Builds `ovn-docker-agent_VERSION_amd64.deb`, which docs/packages.md describes. */
export async function buildAgentPackage({ version, time, scratch, folder }: Target): Promise<string> {
  const name = 'ovn-docker-agent';
  const documents = `usr/share/doc/${name}`;
  const library = 'usr/lib/ovn-docker';
  const packaging = join(root, 'packaging');
  const tree = new Tree(join(scratch, name));
  const metafile = await addProgram(tree, 'ovn-docker', library, version);
  addNode(tree, 'ovn-docker', library, documents);
  tree.copy(join(packaging, 'await-cpu-count'), `${library}/await-cpu-count`, 0o755);
  tree.copy(join(packaging, 'ovn-docker.service'), 'lib/systemd/system/ovn-docker.service');
  tree.copy(
    join(packaging, 'ovs-vswitchd.conf'),
    'lib/systemd/system/ovs-vswitchd.service.d/ovn-docker.conf',
  );
  tree.copy(join(packaging, 'config.example.yaml'), 'etc/ovn-docker/config.example.yaml');
  tree.copy(join(packaging, name, 'lintian-overrides'), `usr/share/lintian/overrides/${name}`);
  tree.write(`${documents}/copyright`, copyrightText(metafile));
  return buildDebianPackage({ name, version, tree, time }, folder);
}
