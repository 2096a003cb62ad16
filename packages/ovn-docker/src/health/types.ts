import type { DockerHealth } from '../clients/docker-engine.ts';

/**
 * What the agent says of a container:
 * - `good`: it runs, and the agent sees no fault
 * - `starting`: its HEALTHCHECK or its first probe has no result yet
 * - `faulty`: `faults` says why
 * - `stopped`: it does not run, or is paused
 */
export type Verdict = 'good' | 'starting' | 'faulty' | 'stopped';

/** A gateway of one of the NIC's subnets, and when it last answered the container by ARP or ND. */
export interface GatewayView {
  readonly address: string;
  /** ISO 8601; undefined: it has not answered, or nothing has asked it. */
  readonly answered?: string;
}

/** The last result of a probe, and since when the results are alike. */
export interface ProbeView {
  /** As the label says it, such as `tcp:8080`. */
  readonly probe: string;
  /** Undefined before the first result. */
  readonly passed?: boolean;
  /**
   * Where the probe came from: `network` (another port of the network), `container` (the container's own
   * namespace).
   */
  readonly from?: 'network' | 'container';
  /** Why it failed. */
  readonly error?: string;
  /** Duration of the last one in milliseconds. */
  readonly milliseconds?: number;
  /** Time of the last one, ISO 8601. */
  readonly at?: string;
  /** ISO 8601. */
  readonly since?: string;
}

/** One NIC of a container. */
export interface ContainerNicView {
  readonly id: string;
  /** Name of the network, or its id. */
  readonly network: string;
  readonly networkId: string;
  /** With the prefix lengths of their subnets. */
  readonly addresses: readonly string[];
  readonly mac?: string;
  readonly port?: string;
  /** Neutron's status at the reconciler's last pass, such as `ACTIVE`; undefined: not asked yet. */
  readonly portStatus?: string;
  /** Whether the container's end of the veth pair is up. */
  readonly carrier: boolean;
  readonly gateways: readonly GatewayView[];
  readonly probe?: ProbeView;
}

/** A container on one of the agent's networks. */
export interface ContainerView {
  readonly id: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** Since when the agent sees this verdict, ISO 8601. */
  readonly since: string;
  /** One sentence each. */
  readonly faults: readonly string[];
  /** Docker's state, such as `running`; `unknown` while Docker does not answer. */
  readonly state: string;
  /** What its HEALTHCHECK says; undefined without one. */
  readonly dockerHealth?: DockerHealth;
  readonly nics: readonly ContainerNicView[];
}

/** Whether the agent can provide a NIC now. */
export interface ReadinessView {
  readonly ready: boolean;
  /** Why not. */
  readonly reasons: readonly string[];
  /** What limits it, although it is ready. */
  readonly notes: readonly string[];
}

/** Everything that `ovn-docker health` shows of one VM. */
export interface HealthView extends ReadinessView {
  /** The VM's own port in Neutron; undefined while the agent does not know it. */
  readonly vifId?: string;
  /** When the agent looked at the containers, ISO 8601; undefined while it cannot. */
  readonly at?: string;
  readonly containers: readonly ContainerView[];
}
