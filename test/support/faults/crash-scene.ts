import { type Lab, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { configureAgent } from '../agent-config.ts';
import { AgentProcess } from '../agent-process.ts';
import { Api, type Resource } from '../api.ts';
import type { Books } from '../books.ts';
import { expectBalancedBooks } from '../read-books.ts';
import { Vm } from '../vm.ts';
import { Bystanders } from './bystanders.ts';
import type { Victim } from './victim.ts';

const PATIENCE_S = 1;

/** VM-A with an agent that the tests kill, and bystander containers whose traffic must not be interrupted. */
export class CrashScene {
  readonly lab: Lab;
  readonly a: Vm;
  readonly agent: AgentProcess;
  readonly api: Api;
  readonly bystanders: Bystanders;
  readonly #network: Resource;
  readonly #restores: readonly (() => Promise<void>)[];

  private constructor(
    lab: Lab,
    [a, agent]: readonly [Vm, AgentProcess],
    [api, network]: readonly [Api, Resource],
    bystanders: Bystanders,
    restores: readonly (() => Promise<void>)[],
  ) {
    this.lab = lab;
    this.a = a;
    this.agent = agent;
    this.api = api;
    this.#network = network;
    this.bystanders = bystanders;
    this.#restores = restores;
  }

  /**
   * Creates the network, configures the agents and starts the bystanders.
   * @param cidr wide, so that Neutron does not assign an address again while peers still cache its former MAC
   * address
   * @param config keys of the agent's configuration: its mode and pools
   */
  static async raise(
    lab: Lab,
    name: string,
    cidr: string,
    config: Readonly<Record<string, unknown>>,
  ): Promise<CrashScene> {
    const api = await Api.login(lab, 'alice');
    const network = await api.createNetwork(name, cidr);
    const restores = [
      // The tests request each pass, so that they see the work of one pass.
      await configureAgent(lab, 'vm-a', { ...config, reconcile: { every: 3600, patience: PATIENCE_S } }),
      await configureAgent(lab, 'vm-b', { pool: { low: 0, high: 0 } }),
    ];
    const a = new Vm(lab, 'vm-a');
    const bystanders = await Bystanders.start(a, new Vm(lab, 'vm-b'), name);
    return new CrashScene(lab, [a, new AgentProcess(lab, 'vm-a')], [api, network], bystanders, restores);
  }

  async end(): Promise<void> {
    await this.bystanders.end();
    await this.agent.ask('POST', '/v1/pools/drain', {});
    for (const restore of this.#restores) await restore();
    await this.api.deleteEmptyNetwork(this.#network);
  }

  /** Removes everything that a failed test left behind. */
  async tidy(victim: Victim): Promise<void> {
    await victim.remove();
    await this.agent.restart();
    await this.agent.collectGarbage();
    await this.agent.collectGarbage();
  }

  /**
   * Makes the victim, or removes it, with an agent that `env` may make crash. Starts another agent after a
   * crash.
   * @param madeBefore a victim to remove is made by an earlier agent, not by the one that may crash
   * @returns whether the agent crashed
   */
  async crash(
    victim: Victim,
    isDown: boolean,
    env: Readonly<Record<string, string>>,
    { madeBefore = false } = {},
  ): Promise<boolean> {
    const { agent } = this;
    const spared = await agent.nicIds();
    if (isDown && madeBefore) await victim.make();
    await agent.restart(env);
    if (isDown && !madeBefore) await victim.make();
    const logged = agent.log().length;
    const command = isDown ? victim.remove() : victim.tryToMake();
    const ended = command.then(() => (isDown ? victim.isReleased(agent, spared) : true));
    const hasCrashed = (await this.#crashOrEnd(logged, ended)) === 'crashed';
    if (hasCrashed) await agent.restart();
    const isMade = await command;
    // If the command reported success to the user, the victim must work.
    if (!isDown && isMade) await victim.works(this.bystanders);
    await victim.remove();
    return hasCrashed;
  }

  /**
   * Expects that one pass of the reconciler puts everything in order, that the books balance, and that the
   * bystanders lost no ping. Returns the books.
   */
  async expectInOrder(): Promise<Books> {
    const { agent } = this;
    await agent.waitForOldClaims(PATIENCE_S * 1000);
    const removed = await agent.collectGarbage();
    expect(removed.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await agent.collectGarbage()).toEqual([]);
    const books = await expectBalancedBooks(this.lab, 'vm-a', this.api);
    expect(await this.bystanders.lost()).toEqual([]);
    return books;
  }

  /** Waits for the crash or the end of the command; without an agent the command may never end. */
  async #crashOrEnd(logged: number, ended: Promise<boolean>): Promise<'crashed' | 'ended'> {
    let isEnded = false;
    ended.then(
      () => {
        isEnded = true;
      },
      () => undefined,
    );
    return waitFor('the crash or the end', () => {
      if (this.agent.log(logged).includes('crash-at: ')) return 'crashed';
      return isEnded && 'ended';
    });
  }
}
