import type { AgentClient } from '../../api/client.ts';
import type { NetworkView } from '../../api/types.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import { createContainer, startContainer, startOnTerminal } from './container.ts';
import { docker } from './docker-command.ts';
import { ensureDockerNetwork, removeUnusedDockerNetwork } from './docker-network.ts';
import type { DockerRunArguments } from './docker-run-arguments.ts';

/**
 * `docker run` on the Docker network that represents the Neutron network. After a failure, removes the
 * container, and the Docker network if this command created it. Returns the exit code.
 */
export async function runByDriver(
  agent: AgentClient,
  parsed: DockerRunArguments,
  network: NetworkView,
  config: AgentConfig,
): Promise<number> {
  const { name, isNew } = await ensureDockerNetwork(network, config, agent);
  let containerId: string | undefined;
  try {
    containerId = await createContainer(parsed, name);
    if (!parsed.detach) return await startOnTerminal(parsed, containerId);
    await startContainer(parsed, containerId);
    process.stdout.write(`${containerId}\n`);
    return 0;
  } catch (error) {
    if (containerId) await docker(['rm', '--force', containerId]);
    if (isNew) await removeUnusedDockerNetwork(name, agent);
    throw error;
  }
}
