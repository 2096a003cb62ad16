import { OvnDockerError } from '../../errors.ts';
import { containerLabels } from '../../nics/names.ts';
import { AgentClient } from '../agent-client.ts';
import { createContainer, startContainer, startOnTerminal } from '../container.ts';
import { docker } from '../docker-command.ts';
import { type DockerRunArguments, parseDockerRun } from '../docker-run-arguments.ts';
import { callersToken, requireRoot, type Settings } from '../settings.ts';
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
  const wanted = { network, ...(cred === undefined ? {} : { cred }), ...(vifId ? { vifId } : {}) };
  // Whatever can be refused is refused before anything is made, and before an image is pulled.
  const found = await agent.resolveNetwork(wanted);
  // `return await`: the agent's connection is closed when this function is left.
  if (parsed.network === 'none') return await runWithNic(agent, parsed, wanted);
  return await runByDriver(parsed, found, settings.config);
}

/**
 * The container first, because its image may have to be pulled; then the NIC, up to the bridge; then the container is
 * started and the NIC moved in. Whatever fails, nothing of it stays.
 */
async function runWithNic(
  agent: AgentClient,
  parsed: DockerRunArguments,
  wanted: { network: string; cred?: string; vifId?: string },
): Promise<number> {
  const id = crypto.randomUUID();
  const containerId = await createContainer(parsed, 'none', { [containerLabels.nic]: id });
  try {
    await agent.prepareNic({ id, ...wanted, name: `docker-${id.slice(0, 8)}` });
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

async function pidOf(containerId: string): Promise<number> {
  const inspected = await docker(['inspect', '--format', '{{.State.Pid}}', containerId]);
  const pid = Number(inspected.stdout.trim());
  if (inspected.code === 0 && pid > 0) return pid;
  throw new OvnDockerError('E_CONTAINER_GONE', 'the container ended before it had its network interface');
}
