import { type FileChange, textFile } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';

const PATH = '/etc/cloud/cloud.cfg.d/99-ovn-docker-network.cfg';
const TEXT = `# Written by \`ovn-docker init\`; \`ovn-docker init --undo\` removes it.
# Without this, cloud-init may write the network's files again at boot, with the address on the uplink.
network: {config: disabled}
`;

/** Keeps cloud-init from writing the files of the network at boot; nothing if it is not installed. */
export function stopCloudInit({ files }: Machine): FileChange[] {
  const isInstalled =
    files.read('/etc/cloud/cloud.cfg') !== undefined || files.list('/etc/cloud/cloud.cfg.d').length > 0;
  return isInstalled ? [files.change(PATH, textFile(TEXT))] : [];
}
