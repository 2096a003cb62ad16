import { deleteIfPresent } from '../clients/neutron/delete-if-present.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { shortId } from '../clients/short-id.ts';
import type { Engine } from '../nics/engine.ts';
import { requireMtu } from '../vm/require-mtu.ts';
import { type DockerNetwork, dockerNetworks, NETWORKS_IN_TURN } from './docker-networks.ts';
import { poolOf } from './docker-target.ts';
import { joinNetwork } from './join-network.ts';
import { makeNetwork } from './make-network.ts';
import type { NetworkPlan } from './network-plan.ts';
import { mtuOption, publishOption, securityGroupsOption, sharedOption } from './options.ts';

/**
 * Connects a Docker network to Neutron: to an existing Neutron network, or to a new one with the planned
 * subnets. A second call for the same Docker network changes nothing.
 * @param makePlan is called when no other Docker network is being created or deleted
 */
export async function createNetwork(
  engine: Engine,
  dockerId: string,
  makePlan: () => Promise<NetworkPlan>,
): Promise<void> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const vm = await engine.vm();
    const { vmSwitch } = vm;
    if (dockerNetworks.all(vmSwitch).has(dockerId)) return;
    const network = await joinOrMake(engine, dockerId, await makePlan());
    try {
      const pool = await poolOf(engine, network);
      // Without an option, Neutron has chosen the MTU.
      requireMtu(pool.target, vm);
      await dockerNetworks.put(vmSwitch, dockerId, network);
      engine.wake(pool);
    } catch (error) {
      if (network.made) await deleteIfPresent(engine.neutron.networks, network.network);
      throw error;
    }
  });
}

async function joinOrMake(engine: Engine, dockerId: string, plan: NetworkPlan): Promise<DockerNetwork> {
  const { existing, options, internal, subnets } = plan;
  const securityGroups = await findSecurityGroups(engine.neutron, securityGroupsOption(options));
  const mtu = mtuOption(options);
  if (mtu !== undefined) requireMtu({ network: { name: shortId(dockerId), mtu } }, await engine.vm());
  const shared = sharedOption(options);
  const publish = publishOption(options);
  const network = existing
    ? joinNetwork(existing, { options, subnets, mtu, shared })
    : await makeNetwork(engine, dockerId, { internal, subnets, mtu, shared });
  return {
    ...network,
    ...(internal ? { internal } : {}),
    ...(securityGroups.length > 0 ? { securityGroups } : {}),
    ...(publish ? { publish } : {}),
  };
}
