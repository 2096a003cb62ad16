import { type CommandResult, type Lab, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Bystanders } from '../../support/faults/bystanders.ts';
import { crashAt } from '../../support/faults/crash-point.ts';
import { TrunkScene } from '../../support/trunk-scene.ts';
import { Vm } from '../../support/vm.ts';
import { type Model, type NetworkName, networks } from './model.ts';

/** Seconds for which the reconciler lets a claim wait for its container. */
const PATIENCE_S = 1;

/** Upper bound of a user's command, whatever happens to the agent or the API, in milliseconds. */
const BOUND_MS = 60_000;
/** Exit code of a command that exceeds the bound and is killed. */
const KILLED = 137;

/**
 * The system that the model describes: a VM with its agent, Neutron behind a proxy, two networks with
 * bystanders.
 */
export class World {
  readonly scene: TrunkScene;
  readonly bystanders: ReadonlyMap<NetworkName, Bystanders>;
  /** The number of NICs of the bystanders. */
  readonly bystanderNics: number;
  readonly #restores: readonly (() => Promise<void>)[];
  #crashesFrom = 0;
  #story: string[] = [];
  #storyLogLength = 0;

  private constructor(
    scene: TrunkScene,
    bystanders: ReadonlyMap<NetworkName, Bystanders>,
    bystanderNics: number,
    restores: readonly (() => Promise<void>)[],
  ) {
    this.scene = scene;
    this.bystanders = bystanders;
    this.bystanderNics = bystanderNics;
    this.#restores = restores;
  }

  static async raise(lab: Lab): Promise<World> {
    const [first, second] = networks;
    // Wide, so that Neutron does not assign an address again while peers still cache its former MAC address.
    const scene = await TrunkScene.raise(lab, first, '10.162.0.0/16');
    const other = await scene.api.createNetwork(second, '10.163.0.0/16');
    const restores = [
      await scene.configure({
        pool: { low: 1, high: 2 },
        reconcile: { every: 3600, patience: PATIENCE_S },
      }),
      await configureAgent(lab, 'vm-b', { pool: { low: 0, high: 0 } }),
      () => scene.api.deleteEmptyNetwork(other),
    ];
    const bystanders = new Map<NetworkName, Bystanders>();
    for (const network of networks) {
      bystanders.set(network, await Bystanders.start(scene.a, new Vm(lab, 'vm-b'), network));
    }
    return new World(scene, bystanders, 2 * networks.length, restores);
  }

  async end(): Promise<void> {
    for (const group of this.bystanders.values()) await group.end();
    for (const restore of this.#restores) await restore();
    await this.scene.end();
  }

  /** Begins a new run. */
  begin(): void {
    this.#story = [];
    this.#storyLogLength = this.agent.log().length;
  }

  /** Adds a line to the story, after the agent's log up to now. */
  log(line: string): void {
    this.#story.push(this.#newLog(), `--- ${line}\n`);
  }

  /** The steps since the beginning of the run, between the agent's log lines. */
  story(): string {
    return [...this.#story, this.#newLog()].join('');
  }

  #newLog(): string {
    const lines = this.agent.log(this.#storyLogLength);
    this.#storyLogLength += lines.length;
    return lines;
  }

  get agent() {
    return this.scene.agent;
  }

  /** Address of the bystanders' peer on a network. */
  peerOf(network: NetworkName): string {
    return this.bystanders.get(network)?.peerAddress ?? '';
  }

  /** Sequence numbers of the bystanders' pings lost since the last call. */
  async lostPings(): Promise<number[]> {
    return (await Promise.all([...this.bystanders.values()].map((group) => group.lost()))).flat();
  }

  /** Runs one command as {@link performAll} does. */
  async perform(model: Model, command: readonly string[]): Promise<CommandResult> {
    const [result] = await this.performAll(model, [command]);
    if (!result) throw new Error('no result');
    return result;
  }

  /**
   * Runs commands of users at the same time, with a time bound. If the agent is dead, or kills itself at the
   * model's crash point meanwhile, starts it again while the commands wait.
   */
  async performAll(model: Model, commands: readonly (readonly string[])[]): Promise<CommandResult[]> {
    const { machine } = this.scene.a;
    let isEnded = false;
    const ended = Promise.all(
      commands.map((command) => machine.run(command, { timeoutMs: BOUND_MS })),
    ).finally(() => {
      isEnded = true;
    });
    if (model.agent === 'dead') await this.startAgent(model);
    if (model.crashPoint !== undefined) {
      await waitFor('the crash or the end', () => this.hasCrashed() || isEnded, 2 * BOUND_MS);
      await this.recoverFromCrash(model);
    }
    const results = await ended;
    for (const [index, { code }] of results.entries()) {
      expect(code, `${commands[index]?.join(' ')} took too long`).not.toBe(KILLED);
    }
    return results;
  }

  /** Kills the agent with SIGKILL. */
  async killAgent(model: Model): Promise<void> {
    await this.scene.a.machine.stop('agent', 'KILL');
    model.agent = 'dead';
    model.crashPoint = undefined;
    model.isDisturbed = true;
  }

  /** Starts another agent, which kills itself at a stage boundary if `crashPoint` names one. */
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

  /** Starts the agent again if it has crashed at the model's crash point. Returns whether it had crashed. */
  async recoverFromCrash(model: Model): Promise<boolean> {
    if (model.crashPoint === undefined || !this.hasCrashed()) return false;
    await this.startAgent(model);
    return true;
  }

  async beginOutage(model: Model, kind: NonNullable<Model['outage']>): Promise<void> {
    const { proxy } = this.scene;
    if (kind === 'refused') await proxy.stop();
    if (kind === 'cut') await proxy.addRule({ fault: { kind: 'cut', moment: 'before' } });
    if (kind === '503') await proxy.addRule({ fault: { kind: 'answer', status: 503 } });
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

  /** Waits until every claim is older than the reconciler's patience. */
  async waitForOldClaims(): Promise<void> {
    await this.agent.waitForOldClaims(PATIENCE_S * 1000);
  }

  /** The number of warm NICs on a network. */
  async warm(network: NetworkName): Promise<number> {
    return (await this.scene.pool(network))?.warm ?? 0;
  }
}
