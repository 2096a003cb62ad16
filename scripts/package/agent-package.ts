import { join } from 'node:path';
import { completionScript } from '../../packages/ovn-docker/src/cli/completion/completion-script.ts';
import { type Shell, shells } from '../../packages/ovn-docker/src/cli/completion/shells.ts';
import { buildProgram } from '../../packages/ovn-docker/src/cli/program.ts';
import { root } from '../bundle.ts';
import { buildDebianPackage } from './debian-package.ts';
import { copyrightText } from './licences.ts';
import { addManualPage, agentExample, agentPages } from './manual.ts';
import { addNode, addProgram } from './program-files.ts';
import type { Target } from './target.ts';
import { Tree } from './tree.ts';

/** Where each shell looks for completions. */
const completions: Record<Shell, string> = {
  bash: 'usr/share/bash-completion/completions/ovn-docker',
  zsh: 'usr/share/zsh/vendor-completions/_ovn-docker',
  fish: 'usr/share/fish/vendor_completions.d/ovn-docker.fish',
};

/** Alert rules, an example configuration and a dashboard (docs/health.md). */
export const monitoringFiles = [
  'grafana/ovn-docker.json',
  'prometheus/ovn-docker.rules.test.yml',
  'prometheus/ovn-docker.rules.yml',
  'prometheus/prometheus.example.yml',
];

/** Builds `ovn-docker-agent_VERSION_amd64.deb`, which docs/packages.md describes. */
export async function buildAgentPackage(target: Target): Promise<string> {
  const { version, time, node, scratch, folder } = target;
  const name = 'ovn-docker-agent';
  const documents = `usr/share/doc/${name}`;
  const library = 'usr/lib/ovn-docker';
  const packaging = join(root, 'packaging');
  const tree = new Tree(join(scratch, name));
  const metafile = await addProgram(tree, 'ovn-docker', library, version);
  addNode(tree, node, 'ovn-docker', library, documents);
  tree.copy(join(packaging, 'await-cpu-count'), `${library}/await-cpu-count`, 0o755);
  tree.copy(join(packaging, 'ovn-docker.service'), 'lib/systemd/system/ovn-docker.service');
  tree.copy(
    join(packaging, 'ovs-vswitchd.conf'),
    'lib/systemd/system/ovs-vswitchd.service.d/ovn-docker.conf',
  );
  tree.copy(join(packaging, 'ovn-docker.network'), 'usr/lib/systemd/network/05-ovn-docker.network');
  tree.copy(agentExample, 'etc/ovn-docker/config.example.yaml');
  for (const page of agentPages) addManualPage(tree, page, target);
  for (const file of monitoringFiles) tree.copy(join(packaging, file), `usr/share/ovn-docker/${file}`);
  for (const shell of shells) tree.write(completions[shell], completionScript(shell, buildProgram()));
  tree.copy(join(packaging, name, 'lintian-overrides'), `usr/share/lintian/overrides/${name}`);
  tree.write(`${documents}/copyright`, copyrightText(metafile));
  return buildDebianPackage({ name, version, tree, time }, folder);
}
