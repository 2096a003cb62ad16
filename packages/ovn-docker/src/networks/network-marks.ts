import type { Network, Neutron } from '@ovn-docker/openstack';
import { explained, isNotFound } from '../clients/neutron/refusals.ts';
import { shortId } from '../clients/short-id.ts';

const NAME = /^docker-([0-9a-f]{12})$/;

export { shortId };

/**
 * How a Neutron network that we make is known as ours, and whose it is: written by the very call that makes it, so that a crash
 * right after it leaves nothing unknown. (Tags would take a second call: Neutron takes them at creation for ports only.)
 */
export function networkMarks(vifId: string, dockerId: string): { name: string; description: string } {
  return { name: `docker-${shortId(dockerId)}`, description: descriptionOf(vifId) };
}

/** The Docker network, by the short form of its id, that one of {@link madeNetworks} was made for; undefined when it was renamed. */
export function dockerIdOf({ name }: Pick<Network, 'name'>): string | undefined {
  return NAME.exec(name)?.[1];
}

/** Every network that an agent of this VM made for Docker networks. One request. */
export function madeNetworks(neutron: Neutron, vifId: string): Promise<Network[]> {
  return explained(neutron.networks.all({ description: descriptionOf(vifId) }));
}

/** Removes what an earlier try for the same Docker network has left: a crash or a lost answer came in between. */
export async function removeEarlierTries(neutron: Neutron, vifId: string, dockerId: string): Promise<void> {
  const left = await explained(neutron.networks.all(networkMarks(vifId, dockerId)));
  for (const { id } of left) await removeNetwork(neutron, id);
}

/** Deletes a Neutron network with its subnets; one that is gone is fine. */
export async function removeNetwork(neutron: Neutron, id: string): Promise<void> {
  await explained(
    neutron.networks.delete(id).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  );
}

function descriptionOf(vifId: string): string {
  return `ovn-docker:vif=${vifId}`;
}
