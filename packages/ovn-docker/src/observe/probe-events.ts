import { channel } from 'node:diagnostics_channel';

/** The channel of node:diagnostics_channel on which the API's event stream listens for results of probes. */
export const PROBE_CHANNEL = 'ovn-docker:probe';

/** The first result of a container's probe, or one that differs from the last. */
export interface ProbeEvent {
  /** Docker's id. */
  readonly container: string;
  /** Name of the network, or its id. */
  readonly network: string;
  /** As the label says it. */
  readonly probe: string;
  readonly passed: boolean;
  /** Why it failed. */
  readonly error?: string;
}

const probes = channel(PROBE_CHANNEL);

export function publishProbe(event: ProbeEvent): void {
  probes.publish(event);
}
