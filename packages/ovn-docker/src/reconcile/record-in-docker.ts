import type { Claim, Nic } from '../nics/nic.ts';
import type { DockerView, Observation } from './observe.ts';

/** Whether Docker has the container or endpoint of a claim; false for a claim that names neither. */
export function isInDocker({ label, endpointId }: Claim, { networks, labelled }: DockerView): boolean {
  if (endpointId !== undefined) return networks.values().some(({ macs }) => macs.has(endpointId));
  return label !== undefined && labelled.has(label);
}

/**
 * Records on each claim what Docker says about its container. A request for the addresses of a NIC cannot ask
 * Docker, which waits for the answer to that request.
 */
export function recordInDocker(
  nics: readonly Nic[],
  { at, docker }: Pick<Observation, 'at' | 'docker'>,
): void {
  for (const { claim } of nics) {
    // Docker was asked before a younger claim was made.
    if (claim && claim.since <= at) claim.isInDocker = docker && isInDocker(claim, docker);
  }
}
