import { OvnDockerError } from '../../errors.ts';
import type { NetworkView } from '../../plugins/cli-wrapper/wire.ts';
import { createContainer, startContainer, startOnTerminal } from '../container.ts';
import { docker, dockerRefusal } from '../docker-command.ts';
import type { DockerRunArguments } from '../docker-run-arguments.ts';

/** `docker run` on the Docker network that stands for the Neutron network. Whatever fails, nothing of it stays. */
export async function runByDriver(
  parsed: DockerRunArguments,
  network: NetworkView,
  driver: string,
): Promise<number> {
  const on = await ensureDockerNetwork(network, driver);
  let containerId: string | undefined;
  try {
    containerId = await createContainer(parsed, on.name);
    if (!parsed.detach) return await startOnTerminal(parsed, containerId);
    await startContainer(parsed, containerId);
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    if (containerId) await docker(['rm', '--force', containerId]);
    // Docker refuses while somebody else's container is on it, and then it shall stay.
    if (on.made) await docker(['network', 'rm', on.name]);
    throw error;
  }
}

/** The Docker network that stands for the Neutron network, made when it is not there yet. */
async function ensureDockerNetwork(
  network: NetworkView,
  driver: string,
): Promise<{ name: string; made: boolean }> {
  const label = `org.ovn-docker.network=${network.id}`;
  const list = await docker(['network', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}']);
  if (list.code !== 0) throw dockerRefusal(list);
  const [existing] = list.stdout.trim().split('\n');
  if (existing) return { name: existing, made: false };
  const [subnet] = network.subnets;
  if (!subnet) throw new OvnDockerError('E_NETWORK_NO_SUBNET', `network "${network.name}" has no subnet`);
  const id = `neutron.net.uuid=${network.id}`;
  const gateway = subnet.gateway ? ['--gateway', subnet.gateway] : [];
  const common = ['--driver', driver, '--ipam-driver', driver, '--label', label, '-o', id, '--ipam-opt', id];
  const name = await freeNetworkName(network);
  const created = await docker(['network', 'create', ...common, '--subnet', subnet.cidr, ...gateway, name]);
  if (created.code !== 0) throw dockerRefusal(created);
  return { name, made: true };
}

async function freeNetworkName({ name, id }: NetworkView): Promise<string> {
  const taken = await docker(['network', 'inspect', '--format', '{{.Id}}', name || id]);
  return name && taken.code !== 0 ? name : `${name || 'neutron'}-${id.slice(0, 8)}`;
}
