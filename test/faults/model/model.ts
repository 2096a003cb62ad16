/** The Neutron networks that the model's containers are on. Each has a bystander that answers pings. */
export const networks = ['model-1', 'model-2'] as const;
export type NetworkName = (typeof networks)[number];

/** How a container has come to its network: by Docker's driver, or by `ovn-docker run --net=none`. */
export const kinds = ['driver', 'none'] as const;
export type ContainerKind = (typeof kinds)[number];

export interface ModelContainer {
  readonly name: string;
  readonly kind: ContainerKind;
  isRunning: boolean;
  /** One NIC on each of them, while it runs. A stopped container `--net=none` keeps its NIC. */
  readonly networks: Set<NetworkName>;
}

/**
 * The whole of what the engine promises, as plain values: who runs, where, and what is away. Steps change it by what a user
 * was told; invariants compare it with Neutron, the VM's switch, the containers and the agent.
 */
export interface Model {
  readonly containers: Map<string, ModelContainer>;
  /** `blind`: it was started while Neutron was away, and does not know yet what it has. */
  agent: 'up' | 'blind' | 'dead';
  /** A border of a stage at which the agent will kill itself. */
  crashPoint: string | undefined;
  /** What calls of Neutron meet, when it is away. */
  outage: OutageKind | undefined;
  /** Subports that somebody else has put on the VM's trunk: VLAN by port. */
  readonly foreign: Map<string, number>;
  /** Something was killed, away or changed by others: one pass of the reconciler may have to put things right. */
  isDisturbed: boolean;
  /** Running containers that nobody has looked into since they changed. */
  readonly unseen: Set<string>;
}

/** `refused`: nobody listens; `cut`: connections end without an answer; `503`: the API says that it is down. */
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
    unseen: new Set(),
  };
}

/** Whether everything works, so that whatever is asked for must succeed, and all truths must agree. */
export function isCalm({ agent, outage, crashPoint }: Model): boolean {
  return agent === 'up' && outage === undefined && crashPoint === undefined;
}

/** NICs that containers of the model hold. */
export function nicsInUse({ containers }: Model): number {
  return [...containers.values()]
    .filter(({ kind, isRunning }) => isRunning || kind === 'none')
    .reduce((sum, { networks: on }) => sum + on.size, 0);
}

/** The `index`-th of the containers that `isFit`, round and round; undefined when there is none. */
export function pick(
  { containers }: Readonly<Model>,
  index: number,
  isFit: (container: ModelContainer) => boolean,
): ModelContainer | undefined {
  const fit = [...containers.values()].filter(isFit);
  return fit[index % Math.max(1, fit.length)];
}
