import { channel } from 'node:diagnostics_channel';

/** The channel of node:diagnostics_channel on which the metrics and the health room follow the reconciler. */
export const PASS_CHANNEL = 'ovn-docker:pass';

/** A finding of a pass, and what became of it. */
export interface PassFinding {
  readonly kind: string;
  /** Id of the NIC that it is about. */
  readonly nic?: string;
  readonly evidence: string;
  /** `waiting`: the agent acts when the next pass finds it too. */
  readonly result: 'put right' | 'failed' | 'waiting';
}

/** The end of one pass of the reconciler. */
export interface PassEvent {
  readonly findings: readonly PassFinding[];
  /** Why the pass could not look: Neutron or the VM's switch did not answer. */
  readonly error?: unknown;
  /** Whether the bridge's flow tables could be read; undefined when the pass did not get so far. */
  readonly isGuarded?: boolean;
}

const passes = channel(PASS_CHANNEL);

/** Publishes the end of a pass. Node calls the listeners synchronously, at that moment. */
export function publishPass(event: PassEvent): void {
  passes.publish(event);
}
