import { OvnDockerError } from '../../errors.ts';
import { containerLabels } from '../../nics/names.ts';
import type { NetworkView } from '../../plugins/cli-wrapper/wire.ts';
import { AgentClient } from '../agent-client.ts';
import { docker, dockerOnTerminal, dockerRefusal } from '../docker-command.ts';
import { type DockerRunArguments, parseDockerRun } from '../docker-run-arguments.ts';
import { callersToken, requireRoot, type Settings } from '../settings.ts';

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
  const name = await ensureDockerNetwork(found, settings.config.docker.driver);
  const detach = parsed.detach ? ['--detach'] : [];
  return await dockerOnTerminal([
    'run',
    ...detach,
    ...parsed.options,
    '--network',
    name,
    parsed.image,
    ...parsed.command,
  ]);
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
    containerId = await createContainer(parsed, id);
    if (!parsed.detach) {
      // The agent sees the container start and puts the NIC in; our terminal is the container's from here on.
      return await dockerOnTerminal(['start', '--attach', ...interactive(parsed), containerId]);
    }
    const started = await docker(['start', containerId]);
    if (started.code !== 0) throw dockerRefusal(started, parsed.image);
    await agent.enterNic(id, { containerId, pid: await pidOf(containerId) });
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    if (containerId) await docker(['rm', '--force', containerId]);
    await agent.releaseNic(id);
    throw error;
  }
}

async function createContainer(parsed: DockerRunArguments, nicId: string): Promise<string> {
  const label = `${containerLabels.nic}=${nicId}`;
  const image = parsed.image ?? '';
  const created = await docker([
    'create',
    '--label',
    label,
    '--network',
    'none',
    ...parsed.options,
    image,
    ...parsed.command,
  ]);
  if (created.code !== 0) throw dockerRefusal(created, image);
  return created.stdout.trim().split('\n').at(-1) ?? '';
}

async function pidOf(containerId: string): Promise<number> {
  const inspected = await docker(['inspect', '--format', '{{.State.Pid}}', containerId]);
  const pid = Number(inspected.stdout.trim());
  if (inspected.code === 0 && pid > 0) return pid;
  throw new OvnDockerError('E_CONTAINER_GONE', 'the container ended before it had its network interface');
}

function interactive({ options }: DockerRunArguments): string[] {
  return options.some((option) => option === '--interactive' || /^-[it]*i[it]*$/.test(option))
    ? ['--interactive']
    : [];
}

/** The Docker network that stands for the Neutron network, made when it is not there yet. */
async function ensureDockerNetwork(network: NetworkView, driver: string): Promise<string> {
  const label = `org.ovn-docker.network=${network.id}`;
  const list = await docker(['network', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}']);
  if (list.code !== 0) throw dockerRefusal(list);
  const [existing] = list.stdout.trim().split('\n');
  if (existing) return existing;
  const [subnet] = network.subnets;
  if (!subnet) throw new OvnDockerError('E_NETWORK_NO_SUBNET', `network "${network.name}" has no subnet`);
  const id = `neutron.net.uuid=${network.id}`;
  const gateway = subnet.gateway ? ['--gateway', subnet.gateway] : [];
  const common = ['--driver', driver, '--ipam-driver', driver, '--label', label, '-o', id, '--ipam-opt', id];
  const name = await freeNetworkName(network);
  const created = await docker(['network', 'create', ...common, '--subnet', subnet.cidr, ...gateway, name]);
  if (created.code !== 0) throw dockerRefusal(created);
  return name;
}

async function freeNetworkName({ name, id }: NetworkView): Promise<string> {
  const taken = await docker(['network', 'inspect', '--format', '{{.Id}}', name || id]);
  return name && taken.code !== 0 ? name : `${name || 'neutron'}-${id.slice(0, 8)}`;
}
