import { AgentClient } from '../../api/client.ts';
import type { AttachRequest, NetworkView } from '../../api/types.ts';
import { splitGroups } from '../../clients/neutron/security-groups.ts';
import { OvnDockerError } from '../../errors.ts';
import { containerLabels } from '../../nics/names.ts';
import { callersToken, requireRoot, type Settings } from '../settings.ts';
import { createContainer, startContainer, startOnTerminal } from './container.ts';
import { docker } from './docker-command.ts';
import { type DockerRunArguments, optionValues, parseDockerRun } from './docker-run-arguments.ts';
import { runByDriver } from './run-by-driver.ts';

/**
 * `ovn-docker --network=NET run …`: `docker run` with an interface on a Neutron network. With `--net=none` the interface
 * is put into the running container, as the source document has it; without it, the container goes through our libnetwork
 * driver and has eth0 before its first instruction. Returns the exit code.
 */
export async function run(settings: Settings, args: readonly string[]): Promise<number> {
  const parsed = parseDockerRun(args);
  if (parsed.image === undefined) throw new OvnDockerError('E_USAGE', '`run` needs an image');
  // `run --network=NET` is what a Docker user types; it names our network when none stands before `run`.
  const network = settings.options.network ?? (parsed.network === 'none' ? undefined : parsed.network);
  if (!network) {
    throw new OvnDockerError('E_USAGE', '`run` needs a network: `ovn-docker --network=NET run …`');
  }
  requireRoot('run');
  await using agent = new AgentClient(settings.config.socket);
  if (parsed.network !== undefined && parsed.network !== 'none' && parsed.network !== network) {
    throw new OvnDockerError('E_USAGE', `--net=${parsed.network} contradicts --network=${network}`, {
      hint: 'leave it out, or give --net=none',
    });
  }
  const cred = await callersToken(settings);
  const { vifId } = settings.options;
  const { securityGroup: securityGroups = [] } = settings.options;
  const wanted = {
    network,
    ...(cred === undefined ? {} : { cred }),
    ...(vifId ? { vifId } : {}),
    ...(securityGroups.length > 0 ? { securityGroups } : {}),
  };
  // Whatever can be refused is refused before anything is made, and before an image is pulled.
  const found = await agent.resolveNetwork(wanted);
  // `return await`: the agent's connection is closed when this function is left.
  const container = withDns(parsed, found);
  if (parsed.network === 'none') return await runWithNic(agent, container, wanted);
  return await runByDriver(container, found, settings.config);
}

/**
 * The container first, because its image may have to be pulled; then the NIC, up to the bridge; then the container is
 * started and the NIC moved in. Whatever fails, nothing of it stays.
 */
async function runWithNic(
  agent: AgentClient,
  parsed: DockerRunArguments,
  wanted: Omit<AttachRequest, 'id' | 'containerId' | 'name'>,
): Promise<number> {
  const id = crypto.randomUUID();
  const extra = labelledGroups(parsed);
  const groups = extra.length > 0 ? { extraSecurityGroups: extra } : {};
  const containerId = await createContainer(parsed, 'none', { [containerLabels.nic]: id });
  try {
    await agent.prepareNic({ id, containerId, ...wanted, ...groups, name: `docker-${id.slice(0, 8)}` });
    // Without --detach the agent sees the container start and puts the NIC in; our terminal is the container's.
    if (!parsed.detach) return await startOnTerminal(parsed, containerId);
    await startContainer(parsed, containerId);
    await agent.enterNic(id, { containerId, pid: await pidOf(containerId) });
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    await docker(['rm', '--force', containerId]);
    // The agent takes the NIC back when the container is gone; this only makes it sooner.
    await agent.releaseNic(id).catch(() => undefined);
    throw error;
  }
}

/** DHCP does not run in a container: what the subnets say of name servers and domain is said to Docker, unless the user has. */
function withDns(parsed: DockerRunArguments, { subnets, domain }: NetworkView): DockerRunArguments {
  const { options } = parsed;
  const servers = optionValues(options, '--dns').length > 0 ? [] : subnets.flatMap(({ dns }) => dns);
  const search = domain && optionValues(options, '--dns-search').length === 0 ? [domain] : [];
  return {
    ...parsed,
    options: [
      ...[...new Set(servers)].flatMap((server) => ['--dns', server]),
      ...search.flatMap((name) => ['--dns-search', name]),
      ...options,
    ],
  };
}

/** Security groups that a label on the container names. Here they are there before it starts. */
function labelledGroups({ options }: DockerRunArguments): string[] {
  const prefix = `${containerLabels.securityGroups}=`;
  const labels = optionValues(options, '--label', '-l').filter((label) => label.startsWith(prefix));
  return splitGroups(labels.at(-1)?.slice(prefix.length) ?? '');
}

async function pidOf(containerId: string): Promise<number> {
  const inspected = await docker(['inspect', '--format', '{{.State.Pid}}', containerId]);
  const pid = Number(inspected.stdout.trim());
  if (inspected.code === 0 && pid > 0) return pid;
  throw new OvnDockerError('E_CONTAINER_GONE', 'the container ended before it had its network interface');
}
