import { type CommandResult, type Lab, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Bystanders } from '../../support/faults/bystanders.ts';
import { crashAt } from '../../support/faults/crash-point.ts';
import { TrunkScene } from '../../support/trunk-scene.ts';
import { Vm } from '../../support/vm.ts';
import { type Model, type NetworkName, networks } from './model.ts';

/** Seconds for which a claim may wait for its container. */
const PATIENCE_S = 1;

/** No command of a user's takes longer, whatever happens to the agent or the API, in milliseconds. */
const BOUND_MS = 60_000;
/** How a command ends that takes longer. */
const KILLED = 137;

/** The real things that the model is about: a VM with its agent, Neutron behind a proxy, two networks with bystanders. */
export class World {
  readonly scene: TrunkScene;
  readonly bystanders: ReadonlyMap<NetworkName, Bystanders>;
  /** NICs that the bystanders hold. */
  readonly spared: number;
  readonly #putBack: readonly (() => Promise<void>)[];
  #crashesFrom = 0;
  #story: string[] = [];
  #toldUntil = 0;

  private constructor(
    scene: TrunkScene,
    bystanders: ReadonlyMap<NetworkName, Bystanders>,
    spared: number,
    putBack: readonly (() => Promise<void>)[],
  ) {
    this.scene = scene;
    this.bystanders = bystanders;
    this.spared = spared;
    this.#putBack = putBack;
  }

  static async raise(lab: Lab): Promise<World> {
    const [first, second] = networks;
    // Wide, so that Neutron does not give an address again to another MAC while peers still have the old one in their caches.
    const scene = await TrunkScene.raise(lab, first, '10.162.0.0/16');
    const other = await scene.api.create('network', { name: second });
    await scene.api.create('subnet', { network_id: other.id, cidr: '10.163.0.0/16', ip_version: 4 });
    const putBack = [
      await scene.configure({
        pool: { low: 1, high: 2 },
        reconcile: { every: 3600, patience: PATIENCE_S },
      }),
      await configureAgent(lab, 'vm-b', { pool: { low: 0, high: 0 } }),
      () => scene.removeNetwork(other),
    ];
    const bystanders = new Map<NetworkName, Bystanders>();
    for (const network of networks) {
      bystanders.set(network, await Bystanders.start(scene.a, new Vm(lab, 'vm-b'), network));
    }
    return new World(scene, bystanders, 2 * networks.length, putBack);
  }

  async end(): Promise<void> {
    for (const all of this.bystanders.values()) await all.end();
    for (const restore of this.#putBack) await restore();
    await this.scene.end();
  }

  /** Begins a new run. */
  begin(): void {
    this.#story = [];
    this.#toldUntil = this.agent.log().length;
  }

  /** Notes what is done, between what the agent has said until now and what it says of it. */
  log(words: string): void {
    this.#story.push(this.#agentSaid(), `--- ${words}\n`);
  }

  /** What was done since the beginning of the run, and what the agent said of it. */
  story(): string {
    return [...this.#story, this.#agentSaid()].join('');
  }

  #agentSaid(): string {
    const said = this.agent.log(this.#toldUntil);
    this.#toldUntil += said.length;
    return said;
  }

  get agent() {
    return this.scene.agent;
  }

  /** Address of the bystander on a network. */
  peerOf(network: NetworkName): string {
    return this.bystanders.get(network)?.peerAddress ?? '';
  }

  /** Pings of the bystanders that were lost since the last time. */
  async lostPings(): Promise<number[]> {
    return (await Promise.all([...this.bystanders.values()].map((all) => all.lost()))).flat();
  }

  /** {@link performAll} of one command. */
  async perform(model: Model, words: readonly string[]): Promise<CommandResult> {
    const [result] = await this.performAll(model, [words]);
    if (!result) throw new Error('no result');
    return result;
  }

  /**
   * Commands of users, all at once, bounded in time. An agent that is dead, or dies of the model's crash point meanwhile, is started
   * again while they wait for it.
   */
  async performAll(model: Model, commands: readonly (readonly string[])[]): Promise<CommandResult[]> {
    const { machine } = this.scene.a;
    let isEnded = false;
    const ended = Promise.all(commands.map((words) => machine.run(words, { timeoutMs: BOUND_MS }))).finally(
      () => {
        isEnded = true;
      },
    );
    if (model.agent === 'dead') await this.startAgent(model);
    if (model.crashPoint !== undefined) {
      await waitFor('the crash or the end', () => this.hasCrashed() || isEnded, 2 * BOUND_MS);
      await this.noticeCrash(model);
    }
    const results = await ended;
    for (const [index, { code }] of results.entries()) {
      expect(code, `${commands[index]?.join(' ')} takes too long`).not.toBe(KILLED);
    }
    return results;
  }

  /** kill -9. */
  async killAgent(model: Model): Promise<void> {
    await this.scene.a.machine.stop('agent', 'KILL');
    model.agent = 'dead';
    model.crashPoint = undefined;
    model.isDisturbed = true;
  }

  /** Another agent comes, which may be made to kill itself at a border of a stage. */
  async startAgent(model: Model, crashPoint?: string): Promise<void> {
    if (crashPoint === undefined) {
      await this.agent.restart();
    } else {
      this.#crashesFrom = this.agent.log().length;
      await this.agent.restartArmed(crashAt(crashPoint));
    }
    model.agent = model.outage === undefined ? 'up' : 'blind';
    model.crashPoint = crashPoint;
    model.isDisturbed = true;
  }

  hasCrashed(): boolean {
    return this.agent.log(this.#crashesFrom).includes('crash-at: ');
  }

  /** Starts the agent again when it has come to the model's crash point. Returns whether it had. */
  async noticeCrash(model: Model): Promise<boolean> {
    if (model.crashPoint === undefined || !this.hasCrashed()) return false;
    await this.startAgent(model);
    return true;
  }

  async beginOutage(model: Model, kind: NonNullable<Model['outage']>): Promise<void> {
    const { proxy } = this.scene;
    if (kind === 'refused') await proxy.stop();
    if (kind === 'cut') await proxy.on({ fault: { kind: 'cut', moment: 'before' } });
    if (kind === '503') await proxy.on({ fault: { kind: 'answer', status: 503 } });
    model.outage = kind;
    model.isDisturbed = true;
  }

  async endOutage(model: Model): Promise<void> {
    const { proxy } = this.scene;
    if (model.outage === 'refused') await proxy.resume();
    else await proxy.reset();
    model.outage = undefined;
    if (model.agent === 'blind') model.agent = 'up';
  }

  /** Waits until no claim is so young that the reconciler would still give it time to find its container. */
  async claimsAreOld(): Promise<void> {
    await this.agent.claimsAreOld(PATIENCE_S * 1000);
  }

  /** Warm NICs on a network. */
  async warm(network: NetworkName): Promise<number> {
    return (await this.scene.pool(network))?.warm ?? 0;
  }
}
