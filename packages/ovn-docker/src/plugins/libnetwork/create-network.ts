import { drainPool } from '../../attach/drain-pool.ts';
import { explained, isNotFound } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import { type DockerNetwork, dockerNetworks } from './docker-networks.ts';
import { poolOf } from './docker-target.ts';
import { fittingSubnet, namedNetwork, optionNames } from './options.ts';
import { genericOptions, type Requests } from './wire.ts';

type Pools = NonNullable<Requests['CreateNetwork']['IPv4Data']>;

/**
 * Puts a Neutron network behind a Docker network: the one that the options name, else a new one with the subnet that
 * Docker settled on.
 */
export async function createNetwork(
  state: AgentState,
  request: Requests['CreateNetwork'],
): Promise<Record<string, never>> {
  const { vmSwitch } = await state.vm();
  const given = genericOptions(request.Options);
  const pools = [...(request.IPv4Data ?? []), ...(request.IPv6Data ?? [])];
  const named = await namedNetwork(state.neutron, given);
  const network: DockerNetwork = named
    ? {
        network: named.network.id,
        subnets: pools.map(({ Pool: cidr }) => {
          const id = pools.length === 1 ? given[optionNames.subnetId] : undefined;
          return { id: fittingSubnet(named, { id, cidr, version: cidr.includes(':') ? 6 : 4 }).id, cidr };
        }),
        made: false,
      }
    : await makeNetwork(state, request.NetworkID, pools);
  await dockerNetworks.put(vmSwitch, request.NetworkID, network);
  state.wake(await poolOf(state, network));
  return {};
}

async function makeNetwork(state: AgentState, dockerId: string, pools: Pools): Promise<DockerNetwork> {
  const { vmSwitch } = await state.vm();
  const known = [...dockerNetworks.all(vmSwitch).values()].flatMap(({ subnets }) => subnets);
  const twice = pools.find(({ Pool }) => known.some(({ cidr }) => cidr === Pool));
  if (twice) {
    throw new OvnDockerError('E_CIDR', `${twice.Pool} already belongs to another Docker network of this VM`, {
      hint: `name the Neutron network: -o ${optionNames.networkId}=ID --ipam-opt ${optionNames.networkId}=ID`,
    });
  }
  const name = `docker-${dockerId.slice(0, 12)}`;
  const network = await explained(state.neutron.networks.create({ name }));
  try {
    const subnets: DockerNetwork['subnets'] = [];
    for (const { Pool: cidr, Gateway } of pools) {
      const subnet = await explained(
        state.neutron.subnets.create({
          network_id: network.id,
          name,
          cidr,
          ip_version: cidr.includes(':') ? 6 : 4,
          gateway_ip: Gateway.split('/')[0] || null,
        }),
      );
      subnets.push({ id: subnet.id, cidr });
    }
    return { network: network.id, subnets, made: true };
  } catch (error) {
    await state.neutron.networks.delete(network.id);
    throw error;
  }
}

/** Removes what CreateNetwork made, and the note. A network that was there before stays. */
export async function deleteNetwork(
  state: AgentState,
  request: Requests['DeleteNetwork'],
): Promise<Record<string, never>> {
  const { vmSwitch } = await state.vm();
  const known = dockerNetworks.all(vmSwitch).get(request.NetworkID);
  if (!known) return {};
  await emptyPool(state, known, request.NetworkID);
  if (known.made) {
    await explained(
      state.neutron.networks.delete(known.network).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      }),
    );
  }
  await dockerNetworks.remove(vmSwitch, request.NetworkID);
  return {};
}

/** Warm NICs would keep the network from being deleted; those that other Docker networks need stay. */
async function emptyPool(state: AgentState, network: DockerNetwork, dockerId: string): Promise<void> {
  const { vmSwitch } = await state.vm();
  const others = [...dockerNetworks.all(vmSwitch)].filter(([id]) => id !== dockerId);
  if (others.some(([, { network: id }]) => id === network.network)) return;
  for (const pool of state.pools.onNetwork(network.network)) {
    state.pools.remove(pool);
    await drainPool(pool, state);
  }
}
