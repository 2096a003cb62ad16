import { ipVersionOf } from '../../addresses/ip-version.ts';
import type { AgentClient } from '../../api/client.ts';
import type { NetworkView } from '../../api/types.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import { DOCKER_NETWORK_LABEL } from '../../config/known-keys.ts';
import { OvnDockerError } from '../../errors.ts';
import { docker, dockerRefusal } from './docker-command.ts';

/** How long to wait while another command creates or removes a Docker network, in milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Returns the Docker network that represents the Neutron network, and creates it if it does not exist. Each
 * set of security groups has its own Docker network, because the driver reads the groups from the options of
 * the Docker network.
 */
export async function ensureDockerNetwork(
  network: NetworkView,
  config: AgentConfig,
  agent: AgentClient,
): Promise<{ name: string; isNew: boolean }> {
  const label = labelOf(network);
  const existing = await findByLabel(label);
  if (existing) return { name: existing, isNew: false };
  using _lock = await lockDockerNetworks(agent);
  const createdMeanwhile = await findByLabel(label);
  if (createdMeanwhile) return { name: createdMeanwhile, isNew: false };
  const name = await createDockerNetwork(network, label, config.docker.driver);
  return { name, isNew: true };
}

/** Removes the Docker network unless it has containers, which another command may have added. */
export async function removeUnusedDockerNetwork(name: string, agent: AgentClient): Promise<void> {
  using _lock = await lockDockerNetworks(agent);
  const users = await docker(['ps', '--all', '--quiet', '--filter', `network=${name}`]);
  if (users.stdout.trim() === '') await docker(['network', 'rm', name]);
}

/**
 * Removes the Docker networks that `ovn-docker run` made for a Neutron network that was deleted, because
 * their names would stay taken. Returns the names of those that containers still use.
 */
export async function removeDockerNetworksOf(networkId: string): Promise<string[]> {
  const format = `{{.Name}} {{.Label "${DOCKER_NETWORK_LABEL}"}}`;
  const list = await docker([
    'network',
    'ls',
    '--filter',
    `label=${DOCKER_NETWORK_LABEL}`,
    '--format',
    format,
  ]);
  const names = list.stdout.split('\n').flatMap((line) => {
    const [name = '', id] = line.split(' ');
    return id === networkId ? [name] : [];
  });
  const kept: string[] = [];
  for (const name of names) {
    const users = await docker(['ps', '--all', '--quiet', '--filter', `network=${name}`]);
    const isRemoved = users.stdout.trim() === '' && (await docker(['network', 'rm', name])).code === 0;
    if (!isRemoved) kept.push(name);
  }
  return kept;
}

function labelOf({ id, securityGroups = [] }: NetworkView): string {
  return `${DOCKER_NETWORK_LABEL}=${[id, ...securityGroups.toSorted()].join(' ')}`;
}

async function findByLabel(label: string): Promise<string | undefined> {
  const list = await docker(['network', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}']);
  if (list.code !== 0) throw dockerRefusal(list);
  return list.stdout.trim().split('\n')[0] || undefined;
}

async function createDockerNetwork(network: NetworkView, label: string, driver: string): Promise<string> {
  const { securityGroups = [] } = network;
  const subnets = firstOfEachVersion(network);
  if (subnets.length === 0)
    throw new OvnDockerError('E_NETWORK_NO_SUBNET', `network "${network.name}" has no subnet`);
  const id = `neutron.net.uuid=${network.id}`;
  const ranges = subnets.flatMap(({ cidr, gateway }) => [
    ...(ipVersionOf(cidr) === 6 ? ['--ipv6'] : []),
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
  return name;
}

/** The first IPv4 and the first IPv6 subnet: a Docker network accepts one of each. */
function firstOfEachVersion({ subnets }: NetworkView): NetworkView['subnets'] {
  const first = ([4, 6] as const).map((version) => subnets.find(({ cidr }) => ipVersionOf(cidr) === version));
  return first.filter((subnet) => subnet !== undefined);
}

/** The network's name if Docker has no network of that name, otherwise the name with a suffix. */
async function freeNetworkName({ name, id, securityGroups = [] }: NetworkView): Promise<string> {
  const taken = await docker(['network', 'inspect', '--format', '{{.Id}}', name || id]);
  if (name && taken.code !== 0 && securityGroups.length === 0) return name;
  // The label identifies the security groups; the name only has to be unique.
  const suffix = securityGroups.length === 0 ? id.slice(0, 8) : crypto.randomUUID().slice(0, 8);
  return `${name || 'neutron'}-${suffix}`;
}

/**
 * Takes the lock for creating and removing Docker networks. Without it, two commands at the same time would
 * both create a network, because Docker does not check a name atomically. It is the agent's: Docker needs the
 * agent to create a network anyhow.
 */
function lockDockerNetworks(agent: AgentClient): Promise<Disposable> {
  return agent.lockDockerNetworks(PATIENCE_MS);
}
