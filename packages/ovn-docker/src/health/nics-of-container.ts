import type { Attachments } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import type { NicRegistry } from '../nics/registry.ts';

/** A NIC and the claim that it has for a container now. */
export interface ClaimedNic {
  readonly nic: Nic;
  readonly claim: Claim;
}

/** Finds NICs by the two keys that Docker knows. */
export type NicLookup = Pick<NicRegistry, 'withLabel' | 'withEndpoint'>;

/** The NICs of a container, of both kinds. */
export function nicsOfContainer(
  { nics }: { readonly nics: NicLookup },
  containerId: string,
  { endpoints, labels }: Attachments,
): ClaimedNic[] {
  const byLabel = nics.withLabel(labels[containerLabels.nic] ?? '');
  const found = endpoints.map((endpoint) => nics.withEndpoint(endpoint));
  // `docker commit` copies labels: the label of a copy names another container's NIC.
  if ((byLabel?.claim?.containerId ?? containerId) === containerId) found.push(byLabel);
  return found.flatMap((nic) => (nic?.claim ? [{ nic, claim: nic.claim }] : []));
}

/** The same lookups for many containers: the registry's own look at every NIC. */
export function indexOf(nics: readonly Nic[]): NicLookup {
  const index = (key: 'label' | 'endpointId') =>
    new Map(nics.flatMap((nic): [string, Nic][] => (nic.claim?.[key] ? [[nic.claim[key], nic]] : [])));
  const [byLabel, byEndpoint] = [index('label'), index('endpointId')];
  return {
    withLabel: (label) => byLabel.get(label),
    withEndpoint: (endpoint) => byEndpoint.get(endpoint),
  };
}
