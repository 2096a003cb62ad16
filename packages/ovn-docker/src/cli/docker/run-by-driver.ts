import type { NetworkView } from '../../api/types.ts';
import { VmSwitch } from '../../clients/vm-switch.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import { OvnDockerError } from '../../errors.ts';
import { createContainer, startContainer, startOnTerminal } from './container.ts';
import { docker, dockerRefusal } from './docker-command.ts';
import type { DockerRunArguments } from './docker-run-arguments.ts';

const LOCK = 'ovn_docker_network';

/** How long another command may take to make its Docker network, in milliseconds. */
const PATIENCE_MS = 60_000;

/** `docker run` on the Docker network that stands for the Neutron network. Whatever fails, nothing of it stays. */
export async function runByDriver(
  parsed: DockerRunArguments,
  network: NetworkView,
  config: AgentConfig,
): Promise<number> {
  const on = await ensureDockerNetwork(network, config);
  let containerId: string | undefined;
  try {
    containerId = await createContainer(parsed, on.name);
    if (!parsed.detach) return await startOnTerminal(parsed, containerId);
    await startContainer(parsed, containerId);
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    if (containerId) await docker(['rm', '--force', containerId]);
    if (on.made) await removeUnused(on.name, config);
    throw error;
  }
}

/** The Docker network that stands for the Neutron network, made when it is not there yet. */
async function ensureDockerNetwork(
  network: NetworkView,
  config: AgentConfig,
): Promise<{ name: string; made: boolean }> {
  // Containers with other security groups are on a Docker network of their own: the driver knows nothing else of them.
  const { securityGroups = [] } = network;
  const value = [network.id, ...securityGroups.toSorted()].join(' ');
  const label = `org.ovn-docker.network=${value}`;
  const before = await findByLabel(label);
  if (before) return { name: before, made: false };
  await using _lock = await alone(config);
  const meanwhile = await findByLabel(label);
  if (meanwhile) return { name: meanwhile, made: false };
  const subnets = firstOfEachVersion(network);
  if (subnets.length === 0)
    throw new OvnDockerError('E_NETWORK_NO_SUBNET', `network "${network.name}" has no subnet`);
  const { driver } = config.docker;
  const id = `neutron.net.uuid=${network.id}`;
  const ranges = subnets.flatMap(({ cidr, gateway }) => [
    ...(cidr.includes(':') ? ['--ipv6'] : []),
    '--subnet',
    cidr,
    ...(gateway ? ['--gateway', gateway] : []),
  ]);
  const groups =
    securityGroups.length > 0 ? ['-o', `neutron.security_groups=${securityGroups.join(',')}`] : [];
  const common = [
    '--driver',
    driver,
    '--ipam-driver',
    driver,
    '--label',
    label,
    '-o',
    id,
    '--ipam-opt',
    id,
    ...groups,
  ];
  const name = await freeNetworkName(network);
  const created = await docker(['network', 'create', ...common, ...ranges, name]);
  if (created.code !== 0) throw dockerRefusal(created);
  return { name, made: true };
}

/** Docker takes one subnet of each IP version for a network. */
function firstOfEachVersion({ subnets }: NetworkView): NetworkView['subnets'] {
  const isSix = ({ cidr }: { cidr: string }) => cidr.includes(':');
  const first = [subnets.find((subnet) => !isSix(subnet)), subnets.find(isSix)];
  return first.filter((subnet) => subnet !== undefined);
}

/**
 * Commands that run at once would each make a Docker network, because Docker's own check for the name is not atomic. The
 * lock is the VM's Open vSwitch's (RFC 7047 §4.1.8): it ends with the process that holds it.
 */
async function alone({ ovs }: AgentConfig): Promise<AsyncDisposable> {
  const vmSwitch = await VmSwitch.open(ovs.remote, ovs.bridge);
  try {
    if (await vmSwitch.lock(LOCK, AbortSignal.timeout(PATIENCE_MS))) return vmSwitch;
    throw new OvnDockerError(
      'E_DOCKER_FAILED',
      'another command has been making a Docker network for too long',
    );
  } catch (error) {
    // Left open, the connection would keep this process alive for ever.
    await vmSwitch[Symbol.asyncDispose]();
    throw error;
  }
}

async function findByLabel(label: string): Promise<string | undefined> {
  const list = await docker(['network', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}']);
  if (list.code !== 0) throw dockerRefusal(list);
  return list.stdout.trim().split('\n')[0] || undefined;
}

/** Removes the Docker network again, unless somebody else has put a container on it meanwhile. */
async function removeUnused(name: string, config: AgentConfig): Promise<void> {
  await using _lock = await alone(config);
  const users = await docker(['ps', '--all', '--quiet', '--filter', `network=${name}`]);
  if (users.stdout.trim() === '') await docker(['network', 'rm', name]);
}

async function freeNetworkName({ name, id, securityGroups = [] }: NetworkView): Promise<string> {
  const taken = await docker(['network', 'inspect', '--format', '{{.Id}}', name || id]);
  if (name && taken.code !== 0 && securityGroups.length === 0) return name;
  // Which groups a network stands for can be read from its labels; its name only has to be nobody else's.
  const suffix = securityGroups.length === 0 ? id.slice(0, 8) : crypto.randomUUID().slice(0, 8);
  return `${name || 'neutron'}-${suffix}`;
}
