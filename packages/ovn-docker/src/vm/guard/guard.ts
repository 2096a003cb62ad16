import { setTimeout as delay } from 'node:timers/promises';
import { type FlowChange, isOpenFlowError, type OpenFlow } from '@ovn-docker/openflow';
import { explainFlows, openFlows } from '../../clients/vm-switch/bridge-flows.ts';
import type { PluggedPort, VmSwitch } from '../../clients/vm-switch.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Log } from '../../observe/log.ts';
import { steadyNow } from '../../observe/steady-clock.ts';
import { Turns } from '../../queues/in-turn.ts';
import { changesFor, compareFlows, type FlowDifferences } from './compare-flows.ts';
import {
  cookieOf,
  GUARD_COOKIE,
  GUARD_COOKIE_MASK,
  type GuardedPort,
  haveSameFlows,
  isGuardFlow,
  portFlows,
  sharedFlows,
} from './guard-flows.ts';

/** Pauses between attempts to reach the bridge's flow tables, in milliseconds; the last one repeats. */
const PAUSES_MS = [50, 100, 200, 500, 1000];

/** How long a caller waits for the flow tables while ovs-vswitchd restarts, in milliseconds. */
const PATIENCE_MS = 5000;

const EVERY_BIT = 0xffffffff_ffffffffn;

interface GuardOptions {
  readonly vmSwitch: Pick<VmSwitch, 'ports' | 'port' | 'onPortChange'>;
  /** Path of the bridge's management socket. */
  readonly socket: string;
  /** Which frames a port may send; undefined for ports that belong to no container. */
  readonly readPort: (port: PluggedPort) => GuardedPort | undefined;
  readonly log: Log;
}

/**
 * Keeps the guard flows on the VM's bridge. They follow from the bridge's rows alone: the guard needs neither
 * Neutron nor the agent's memory. It follows all changes of rows and flows, also by other programs, and
 * touches no flow of another owner (docs/decisions/guard-flows.md).
 */
export class Guard implements AsyncDisposable {
  readonly #vmSwitch: GuardOptions['vmSwitch'];
  readonly #socket: string;
  readonly #readPort: GuardOptions['readPort'];
  readonly #log: Log;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();
  readonly #stopWatching: () => void;
  #flows: OpenFlow | undefined;
  /** What the bridge has for each port, by the port's name; valid for `#flows`. */
  readonly #installed = new Map<string, GuardedPort>();
  /** Ports whose flows may have to change. */
  readonly #touched = new Set<string>();
  /** The next change of flows, which has not begun. */
  #settling: Promise<void> | undefined;
  /** Ports whose rows have no MAC address, by name: reported once. */
  readonly #muted = new Set<string>();
  /** The switch does not report changes of flows. */
  #isBlind = false;
  #isRestoring = false;
  #isDisturbed = false;

  constructor({ vmSwitch, socket, readPort, log }: GuardOptions) {
    this.#vmSwitch = vmSwitch;
    this.#socket = socket;
    this.#readPort = readPort;
    this.#log = log;
    this.#stopWatching = vmSwitch.onPortChange((name) => this.#follow(name));
  }

  /** Restores the flows for the first time. Failures are logged, and the guard tries again by itself. */
  async start(): Promise<void> {
    await this.restore().catch((error: unknown) => {
      this.#log.error({ err: error }, 'cannot guard the ports of containers; trying again');
      this.#restoreSoon();
    });
  }

  /**
   * Makes the flows of these ports what they must be, in one atomic change; sends nothing if they are.
   * @returns whether the guard had installed others, or none, for one of the ports
   * @throws OvnDockerError `E_GUARD` when the bridge's flow tables cannot be reached or changed, or when the
   * bridge has no such port
   */
  async protect(names: readonly string[]): Promise<boolean> {
    const isChange = names.some(
      (name) => changesOf(this.#installed.get(name), this.#expected(name)).length > 0,
    );
    await this.#settle(names);
    const missing = names.find((name) => !this.#installed.has(name));
    if (missing !== undefined)
      throw new OvnDockerError('E_GUARD', `the VM's switch has no port ${missing} any more`);
    return isChange;
  }

  /** One change for all ports that are touched until its turn comes. */
  #settle(names: readonly string[]): Promise<void> {
    for (const name of names) this.#touched.add(name);
    this.#settling ??= this.#turns.run(() => {
      this.#settling = undefined;
      const touched = [...this.#touched];
      this.#touched.clear();
      return this.#whileConnected((flows) => this.#change(flows, touched));
    });
    return this.#settling;
  }

  async #change(flows: OpenFlow, names: readonly string[]): Promise<void> {
    const targets = names.map((name) => ({ name, now: this.#expected(name) }));
    const changes = targets.flatMap(({ name, now }) => changesOf(this.#installed.get(name), now));
    await explainFlows(() => flows.change(changes));
    for (const { name, now } of targets) this.#remember(name, now);
  }

  /**
   * Compares all guard flows of the bridge with what they must be, and repairs them.
   * @throws OvnDockerError `E_GUARD`
   */
  restore(): Promise<void> {
    return this.#turns.run(() => this.#whileConnected((flows) => this.#repair(flows)));
  }

  /** Compares and changes nothing. @throws OvnDockerError `E_GUARD` */
  differences(): Promise<FlowDifferences> {
    return this.#turns.run(() =>
      this.#whileConnected((flows) => compare(flows, [...this.#guardedPorts().values()])),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#stopWatching();
    await this.#turns.run(async () => this.#flows?.close());
  }

  /** A port of the bridge has changed: no caller waits for its flows. */
  #follow(name: string): void {
    if (this.#closing.signal.aborted) return;
    if (haveSameFlows(this.#expected(name), this.#installed.get(name))) return;
    this.#settle([name]).catch(() => this.#restoreSoon());
  }

  /** Restores the flows at once, and tries again until it has done so. */
  #restoreSoon(): void {
    this.#isDisturbed = true;
    if (this.#isRestoring || this.#closing.signal.aborted) return;
    this.#isRestoring = true;
    void this.#restoreUntilDone().finally(() => {
      this.#isRestoring = false;
    });
  }

  async #restoreUntilDone(): Promise<void> {
    const { signal } = this.#closing;
    for (let tries = 0; this.#isDisturbed && !signal.aborted; tries++) {
      try {
        this.#isDisturbed = false;
        await this.restore();
      } catch (error) {
        this.#isDisturbed = true;
        if (tries === 0) this.#log.warn({ err: error }, 'cannot guard the ports of containers; trying again');
        await pauseBefore(tries, signal);
      }
    }
  }

  /**
   * Runs work with the connection, and once more with a new one if ovs-vswitchd has ended the old one without
   * notice.
   */
  async #whileConnected<T>(work: (flows: OpenFlow) => Promise<T>): Promise<T> {
    const flows = await this.#connected();
    try {
      return await work(flows);
    } catch (error) {
      if (!isOpenFlowError((error as Error).cause, 'OPENFLOW_CLOSED')) throw error;
      if (this.#flows === flows) this.#flows = undefined;
      return await work(await this.#connected());
    }
  }

  /** The open connection. A new one watches the flows and repairs them before anything else. */
  async #connected(): Promise<OpenFlow> {
    if (this.#flows) return this.#flows;
    const flows = await this.#open();
    try {
      await this.#watch(flows);
      await this.#repair(flows);
    } catch (error) {
      await flows.close();
      throw error;
    }
    this.#flows = flows;
    void flows.closed.then(() => {
      if (this.#flows === flows) this.#flows = undefined;
      this.#restoreSoon();
    });
    return flows;
  }

  /** Learns of changes of other programs. Without flow monitors, the reconciler's pass finds them. */
  async #watch(flows: OpenFlow): Promise<void> {
    const isWatching = await watchFlows(flows, (updates) => {
      if (updates.some((update) => update.event === 'missed' || isGuardFlow(update.flow)))
        this.#restoreSoon();
    });
    if (!isWatching && !this.#isBlind) {
      this.#log.warn(
        'Open vSwitch before 2.16 reports no changes of flows: guard flows that another program deletes return only with the next pass',
      );
    }
    this.#isBlind = !isWatching;
  }

  /** Connects; waits for a moment while ovs-vswitchd restarts. */
  async #open(): Promise<OpenFlow> {
    const { signal } = this.#closing;
    const until = steadyNow() + PATIENCE_MS;
    for (let tries = 0; ; tries++) {
      if (signal.aborted) throw new OvnDockerError('E_GUARD', 'the agent is stopping');
      try {
        return await openFlows(this.#socket);
      } catch (error) {
        const isAway = isOpenFlowError((error as Error).cause, 'OPENFLOW_UNREACHABLE', 'OPENFLOW_CLOSED');
        if (!isAway || steadyNow() > until) throw error;
        await pauseBefore(tries, signal);
      }
    }
  }

  /** Repairs the differences of all ports and of the shared flows. */
  async #repair(flows: OpenFlow): Promise<void> {
    const ports = this.#guardedPorts();
    const differences = await compare(flows, [...ports.values()]);
    const { missing, stale } = differences;
    await explainFlows(() => flows.change(changesFor(differences)));
    this.#installed.clear();
    for (const [name, port] of ports) this.#remember(name, port);
    if (missing.length + stale.length > 0) {
      this.#log.info({ installed: missing.length, removed: stale.length }, 'guard flows restored');
    }
  }

  #guardedPorts(): Map<string, GuardedPort> {
    const all = this.#vmSwitch.ports().map((port) => [port.name, this.#readPort(port)] as const);
    return new Map(all.filter((pair): pair is [string, GuardedPort] => pair[1] !== undefined));
  }

  #expected(name: string): GuardedPort | undefined {
    const port = this.#vmSwitch.port(name);
    return port && this.#readPort(port);
  }

  #remember(name: string, port: GuardedPort | undefined): void {
    if (port) this.#installed.set(name, port);
    else this.#installed.delete(name);
    if (port?.macs.length !== 0) this.#muted.delete(name);
    else if (!this.#muted.has(name)) {
      this.#muted.add(name);
      this.#log.error(
        { port: name },
        'the row of a container’s port has no valid MAC address (external_ids:attached-mac): its frames are dropped',
      );
    }
  }
}

/**
 * Watches all flows of a bridge.
 * @returns false when the switch has no flow monitor for OpenFlow 1.4: Open vSwitch before 2.16
 * @throws OvnDockerError `E_GUARD`
 */
export async function watchFlows(
  flows: OpenFlow,
  listener: Parameters<OpenFlow['watch']>[1],
): Promise<boolean> {
  try {
    await explainFlows(() => flows.watch({}, listener));
    return true;
  } catch (error) {
    if (isOpenFlowError((error as Error).cause, 'OPENFLOW_REFUSED')) return false;
    throw error;
  }
}

/** Compares the guard flows of a bridge with those that its ports need. @throws OvnDockerError `E_GUARD` */
export async function compare(flows: OpenFlow, ports: readonly GuardedPort[]): Promise<FlowDifferences> {
  const ours = { cookie: { value: GUARD_COOKIE, mask: GUARD_COOKIE_MASK } };
  const actual = await explainFlows(() => flows.flows(ours));
  return compareFlows([...sharedFlows(), ...ports.flatMap(portFlows)], actual);
}

/** The changes for one port whose flows were `before`. */
function changesOf(before: GuardedPort | undefined, now: GuardedPort | undefined): FlowChange[] {
  if (haveSameFlows(before, now)) return [];
  const vlans = new Set([before, now].flatMap((port) => port?.vlan ?? []));
  return [
    ...[...vlans].map((vlan) => ({ deleteAll: { cookie: { value: cookieOf(vlan), mask: EVERY_BIT } } })),
    ...(now ? portFlows(now) : []).map((add) => ({ add })),
  ];
}

async function pauseBefore(tries: number, signal: AbortSignal): Promise<void> {
  const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)];
  await delay(pause, undefined, { signal }).catch(() => undefined);
}
