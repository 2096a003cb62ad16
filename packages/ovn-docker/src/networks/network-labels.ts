import type { Network, Neutron } from '@ovn-docker/openstack';
import { deleteIfPresent } from '../clients/neutron/delete-if-present.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { shortId } from '../clients/short-id.ts';

const NAME = /^docker-([0-9a-f]{12})$/;

/**
 * Name and description of a Neutron network that the agent creates: they identify the VM and the Docker
 * network. The request that creates the network carries them, so a crash right after it leaves no unlabelled
 * network. Neutron tags would need a second request: Neutron accepts them in a create request only for ports.
 */
export function networkLabels(vifId: string, dockerId: string): { name: string; description: string } {
  return { name: `docker-${shortId(dockerId)}`, description: descriptionOf(vifId) };
}

/**
 * The short id of the Docker network for which the agent created this Neutron network; undefined if the
 * network was renamed.
 */
export function dockerIdOf({ name }: Pick<Network, 'name'>): string | undefined {
  return NAME.exec(name)?.[1];
}

/** Fetches the networks that agents of this VM created for Docker networks, in one request. */
export function madeNetworks(neutron: Neutron, vifId: string): Promise<Network[]> {
  return explained(neutron.networks.all({ description: descriptionOf(vifId) }));
}

/**
 * Deletes the Neutron networks that earlier attempts to create the same Docker network left behind, after a
 * crash or a lost answer.
 */
export async function deleteEarlierAttempts(
  neutron: Neutron,
  vifId: string,
  dockerId: string,
): Promise<void> {
  const leftovers = await explained(neutron.networks.all(networkLabels(vifId, dockerId)));
  for (const { id } of leftovers) await deleteIfPresent(neutron.networks, id);
}

function descriptionOf(vifId: string): string {
  return `ovn-docker:vif=${vifId}`;
}
