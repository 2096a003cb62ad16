import { expect, it } from 'vitest';
import { lost } from '../../../test/support/fake-neutron.ts';
import { createWorld } from '../../../test/support/world.ts';
import { fillPool } from '../../attach/fill-pool.ts';
import { retryReleases } from '../../attach/release.ts';
import { deleteNetwork, deleteStrayNetwork } from './delete-network.ts';
import { dockerNetworks } from './docker-networks.ts';

const request = { NetworkID: '0123456789abcdef' };

async function withDockerNetwork() {
  const world = createWorld();
  const { network, subnets } = world.target;
  await dockerNetworks.put(world.vm.vmSwitch, request.NetworkID, {
    network: network.id,
    subnets: subnets.map(({ id, cidr }) => ({ id, cidr })),
    made: true,
  });
  await fillPool(world.pool, world.state, 2);
  return { ...world, noted: () => dockerNetworks.all(world.vm.vmSwitch).size };
}

it('scenario 14: with Neutron away Docker’s network goes, and what we made for it when Neutron is back', async () => {
  const { state, neutron, noted, books } = await withDockerNetwork();
  neutron.away = lost();
  await deleteNetwork(state, request);
  expect([noted(), neutron.networks.length, books().links]).toEqual([0, 1, 0]);
  neutron.away = undefined;
  // What the agent's next turns do: the network's mark is all that is left of it.
  await retryReleases(state);
  await deleteStrayNetwork(state, 'network-1');
  expect([neutron.networks.length, neutron.ports.size, state.draining.size]).toEqual([0, 0, 0]);
});

it('one that somebody else has ports on is refused, and stays noted', async () => {
  const { state, neutron, noted } = await withDockerNetwork();
  await state.neutron.ports.create({ network_id: 'network-1', name: 'of somebody else' });
  await expect(deleteNetwork(state, request)).rejects.toMatchObject({ code: 'E_NETWORK_IN_USE' });
  expect([noted(), neutron.networks.length]).toEqual([1, 1]);
});
