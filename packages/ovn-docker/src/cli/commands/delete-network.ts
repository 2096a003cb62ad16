import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { argument, flag } from '../options.ts';
import { openAgent, openCallersCloud, type Settings } from '../settings.ts';

/**
 * Deletes a network and its subnets. If Neutron refuses because the network has ports, deletes the network's
 * warm NICs in this VM and tries once more. The user must drain the warm NICs of other VMs there, as the
 * error's hint says.
 */
export const deleteNetwork = defineCommand({
  name: 'delete network',
  summary: 'delete a network and its subnets, by name or id',
  needsRoot: false,
  arguments: { network: argument('<network>') },
  options: { ifExists: flag('--if-exists', 'succeed if there is no such network') },

  async action(settings, { network: nameOrId, ifExists }) {
    const { explained } = await import('../../clients/neutron/refusals.ts');
    const { findNetwork } = await import('../../clients/neutron/networks.ts');
    using cloud = await openCallersCloud(settings);
    try {
      const { network } = await findNetwork(cloud.neutron, nameOrId);
      const remove = () => explained(cloud.neutron.networks.delete(network.id));
      await remove().catch(async (error: unknown) => {
        if (!isCode(error, 'E_NETWORK_IN_USE') || !(await drainPool(settings, network.id))) throw error;
        await remove();
      });
      await removeDockerNetworks(settings, network.id).catch(noteThatTheyStay);
    } catch (error) {
      if (!(isCode(error, 'E_NETWORK_UNKNOWN') && ifExists)) throw error;
    }
  },
});

/**
 * Deletes the network's warm NICs in the chosen VM. Returns false if there are none, if no agent runs, or if
 * the user is not root.
 */
async function drainPool(settings: Settings, networkId: string): Promise<boolean> {
  const { chooseHost } = await import('../host/choose-host.ts');
  const { withVm } = await import('../host/with-vm.ts');
  return withVm(settings, await chooseHost(settings.options), async (chosen) => {
    await using agent = await openAgent(chosen);
    try {
      const pools = (await agent.pools()).filter((pool) => pool.networkId === networkId);
      if (!pools.some(({ warm, making }) => warm + making > 0)) return false;
      await agent.drainPool(networkId);
      return true;
    } catch (error) {
      if (isCode(error, 'E_AGENT_NOT_RUNNING') || isCode(error, 'E_NOT_ROOT')) return false;
      throw error;
    }
  });
}

/** In this VM, only root can ask Docker; in a place without Docker there are none. */
async function removeDockerNetworks(settings: Settings, networkId: string): Promise<void> {
  const { chooseHost } = await import('../host/choose-host.ts');
  const { withVm } = await import('../host/with-vm.ts');
  const host = await chooseHost(settings.options);
  if (host.kind === 'this VM' && process.getuid?.() !== 0) return;
  await withVm(settings, host, async () => {
    const { removeDockerNetworksOf } = await import('../docker/docker-network.ts');
    const kept = await removeDockerNetworksOf(networkId).catch(() => []);
    for (const name of kept) {
      process.stderr.write(
        `ovn-docker: note: containers still use Docker network ${name}, which has no Neutron network any more; remove them and run \`docker network rm ${name}\`\n`,
      );
    }
  });
}

/** The network itself is deleted. */
function noteThatTheyStay(error: Error): void {
  process.stderr.write(`ovn-docker: note: its Docker networks in the VM may stay: ${error.message}\n`);
}

function isCode(error: unknown, code: OvnDockerError['code']): boolean {
  return error instanceof OvnDockerError && error.code === code;
}
