import type { Attachments } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import type { Engine } from '../nics/engine.ts';
import type { Claim, Nic } from '../nics/nic.ts';

/** A NIC and the claim that it has for a container now. */
interface ClaimedNic {
  readonly nic: Nic;
  readonly claim: Claim;
}

/** The NICs of a container, of both kinds. */
export function nicsOfContainer(
  { nics }: Pick<Engine, 'nics'>,
  containerId: string,
  { endpoints, labels }: Attachments,
): ClaimedNic[] {
  const byLabel = nics.withLabel(labels[containerLabels.nic] ?? '');
  const found = endpoints.map((endpoint) => nics.withEndpoint(endpoint));
  // `docker commit` copies labels: the label of a copy names another container's NIC.
  if ((byLabel?.claim?.containerId ?? containerId) === containerId) found.push(byLabel);
  return found.flatMap((nic) => (nic?.claim ? [{ nic, claim: nic.claim }] : []));
}
