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
  const network = settings.options.network;
  if (!network)
    throw new OvnDockerError('E_USAGE', '`run` needs a network: `ovn-docker --network=NET run …`');
  requireRoot('run');
  await using agent = new AgentClient(settings.config.socket);
  const cred = await callersToken(settings);
  const credential = cred === undefined ? {} : { cred };
  // `return await`: the agent's connection is closed when this function is left.
  if (parsed.network === 'none') return await runWithNic(settings, agent, parsed, { network, ...credential });
  if (parsed.network !== undefined) {
    throw new OvnDockerError('E_USAGE', `--net=${parsed.network} contradicts --network=${network}`, {
      hint: 'leave it out, or give --net=none',
    });
  }
  const { vifId } = settings.options;
  const found = await agent.resolveNetwork({ network, ...credential, ...(vifId ? { vifId } : {}) });
  return await runByDriver(parsed, found, settings.config);
}

/** The NIC first, up to the bridge; then the container; then the NIC into it. Any failure takes the NIC back. */
async function runWithNic(
  { options }: Settings,
  agent: AgentClient,
  parsed: DockerRunArguments,
  wanted: { network: string; cred?: string },
): Promise<number> {
  const id = crypto.randomUUID();
  const vif = options.vifId ? { vifId: options.vifId } : {};
  await agent.prepareNic({ id, ...wanted, ...vif, name: `docker-${id.slice(0, 8)}` });
  let containerId: string | undefined;
  try {
    containerId = await createContainer(parsed, 'none', { [containerLabels.nic]: id });
    // Without --detach the agent sees the container start and puts the NIC in; our terminal is the container's.
    if (!parsed.detach) return await startOnTerminal(parsed, containerId);
    await startContainer(parsed, containerId);
    await agent.enterNic(id, { containerId, pid: await pidOf(containerId) });
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    if (containerId) await docker(['rm', '--force', containerId]);
    await agent.releaseNic(id);
    throw error;
  }
}

async function pidOf(containerId: string): Promise<number> {
  const inspected = await docker(['inspect', '--format', '{{.State.Pid}}', containerId]);
  const pid = Number(inspected.stdout.trim());
  if (inspected.code === 0 && pid > 0) return pid;
  throw new OvnDockerError('E_CONTAINER_GONE', 'the container ended before it had its network interface');
}
