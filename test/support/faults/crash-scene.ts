import { type Lab, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { configureAgent } from '../agent-config.ts';
import { AgentProcess } from '../agent-process.ts';
import { Api, type Resource } from '../api.ts';
import type { Books } from '../books.ts';
import { booksBalance } from '../read-books.ts';
import { Vm } from '../vm.ts';
import { Bystanders } from './bystanders.ts';
import type { Victim } from './victim.ts';

const PATIENCE_S = 1;

/** The agent of VM-A, which is killed, and containers beside it that must not notice. */
export class CrashScene {
  readonly lab: Lab;
  readonly a: Vm;
  readonly agent: AgentProcess;
  readonly api: Api;
  readonly bystanders: Bystanders;
  readonly #network: Resource;
  readonly #putBack: readonly (() => Promise<void>)[];

  private constructor(
    lab: Lab,
    [a, agent]: readonly [Vm, AgentProcess],
    [api, network]: readonly [Api, Resource],
    bystanders: Bystanders,
    putBack: readonly (() => Promise<void>)[],
  ) {
    this.lab = lab;
    this.a = a;
    this.agent = agent;
    this.api = api;
    this.#network = network;
    this.bystanders = bystanders;
    this.#putBack = putBack;
  }

  /** @param config keys of the agent's configuration: its mode and pools */
  static async raise(
    lab: Lab,
    name: string,
    cidr: string,
    config: Readonly<Record<string, unknown>>,
  ): Promise<CrashScene> {
    const api = await Api.login(lab, 'alice');
    const network = await api.create('network', { name });
    // Wide, so that Neutron does not give an address again to another MAC while peers still have the old one in their caches.
    await api.create('subnet', { network_id: network.id, cidr, ip_version: 4 });
    const putBack = [
      // Passes are asked for by the tests, so that what is seen is the work of one pass.
      await configureAgent(lab, 'vm-a', { ...config, reconcile: { every: 3600, patience: PATIENCE_S } }),
      await configureAgent(lab, 'vm-b', { pool: { low: 0, high: 0 } }),
    ];
    const a = new Vm(lab, 'vm-a');
    const bystanders = await Bystanders.start(a, new Vm(lab, 'vm-b'), name);
    return new CrashScene(lab, [a, new AgentProcess(lab, 'vm-a')], [api, network], bystanders, putBack);
  }

  async end(): Promise<void> {
    await this.bystanders.end();
    await this.agent.ask('POST', '/v1/pools/drain', {});
    for (const restore of this.#putBack) await restore();
    const ports = () => this.api.list('port', `network_id=${this.#network.id}`);
    await waitFor('the ports to go', async () => (await ports()).length === 0);
    await this.api.delete('network', this.#network.id);
  }

  /** Whatever a failed test has left. */
  async tidy(victim: Victim): Promise<void> {
    await victim.remove();
    await this.agent.restart();
    await this.agent.collectGarbage();
    await this.agent.collectGarbage();
  }

  /**
   * Makes the victim, or takes it away, with an agent that `env` may make crash, and another one after that.
   * @param madeBefore what is to be taken away was made by an agent before that one
   * @returns whether it has crashed
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
    // Whatever told the user that it is there, is there.
    if (!isDown && isMade) await victim.works(this.bystanders);
    await victim.remove();
    return hasCrashed;
  }

  /** One pass has brought everything in order, and nobody has noticed anything. */
  async inOrder(): Promise<Books> {
    const { agent } = this;
    await agent.claimsAreOld(PATIENCE_S * 1000);
    const removed = await agent.collectGarbage();
    expect(removed.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await agent.collectGarbage()).toEqual([]);
    const books = await booksBalance(this.lab, 'vm-a', this.api);
    expect(await this.bystanders.lost()).toEqual([]);
    return books;
  }

  /** Which comes first; the end may not come at all when the agent is dead. */
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
