/** The Neutron networks of the model's containers. Each has a bystander that answers pings. */
export const networks = ['model-1', 'model-2'] as const;
export type NetworkName = (typeof networks)[number];

/** How a container was attached to its network: by Docker's driver, or by `ovn-docker run --net=none`. */
export const kinds = ['driver', 'none'] as const;
export type ContainerKind = (typeof kinds)[number];

export interface ModelContainer {
  readonly name: string;
  readonly kind: ContainerKind;
  isRunning: boolean;
  /** A running container has one NIC on each of these; a stopped `--net=none` container keeps its NIC. */
  readonly networks: Set<NetworkName>;
}

/**
 * The expected state, as plain values: which containers run on which networks, and what is down. Steps change
 * it by the results that users see; invariants compare it with Neutron, the VM's switch, the containers and
 * the agent.
 */
export interface Model {
  readonly containers: Map<string, ModelContainer>;
  /** `blind`: started while Neutron was down, so that the agent does not know its NICs yet. */
  agent: 'up' | 'blind' | 'dead';
  /** The stage boundary at which the agent will kill itself. */
  crashPoint: string | undefined;
  /** How calls to Neutron fail; undefined while Neutron is up. */
  outage: OutageKind | undefined;
  /** Subports that another client added to the VM's trunk: VLAN by port id. */
  readonly foreign: Map<string, number>;
  /**
   * After a kill, an outage or a change by another client: a pass of the reconciler may find something to do.
   */
  isDisturbed: boolean;
  /** Running containers that changed and were not checked since. */
  readonly unchecked: Set<string>;
}

/**
 * `refused`: connections are refused; `cut`: they are closed without an answer; `503`: the API answers 503.
 */
export const outageKinds = ['refused', 'cut', '503'] as const;
export type OutageKind = (typeof outageKinds)[number];

export function newModel(): Model {
  return {
    containers: new Map(),
    agent: 'up',
    crashPoint: undefined,
    outage: undefined,
    foreign: new Map(),
    isDisturbed: false,
    unchecked: new Set(),
  };
}

/** Whether the agent and Neutron are up, so that every command must succeed and the books must balance. */
export function isCalm({ agent, outage, crashPoint }: Model): boolean {
  return agent === 'up' && outage === undefined && crashPoint === undefined;
}

/** The number of NICs that the model's containers have. */
export function nicsInUse({ containers }: Model): number {
  return [...containers.values()]
    .filter(({ kind, isRunning }) => isRunning || kind === 'none')
    .reduce((sum, container) => sum + container.networks.size, 0);
}

/** The container at `index`, modulo their number, of those that `isFit`; undefined if there is none. */
export function pick(
  { containers }: Readonly<Model>,
  index: number,
  isFit: (container: ModelContainer) => boolean,
): ModelContainer | undefined {
  const fit = [...containers.values()].filter(isFit);
  return fit[index % Math.max(1, fit.length)];
}
