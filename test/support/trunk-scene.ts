import { type Lab, pluggedNics } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { configureAgent } from './agent-config.ts';
import { AgentProcess } from './agent-process.ts';
import { Api, type Resource } from './api.ts';
import { ApiProxy } from './faults/api-proxy.ts';
import { type CloudByProxy, cloudByProxy } from './faults/clouds-by-proxy.ts';
import { type PoolView, poolOf } from './pool-view.ts';
import { expectBalancedBooks } from './read-books.ts';
import { IMAGE, Vm } from './vm.ts';

interface StatusView {
  readonly vlans: { readonly used: number; readonly free: number };
  readonly draining: number;
}

/** The body of a subport in a request. */
export const subport = (port_id: string, segmentation_id: number) => ({
  port_id,
  segmentation_type: 'vlan',
  segmentation_id,
});

/**
 * The scene of one test file: VM-A's agent in trunk mode, behind a proxy that can lose answers, and a network
 * of alice's.
 */
export class TrunkScene {
  readonly lab: Lab;
  readonly a: Vm;
  readonly b: Vm;
  readonly agent: AgentProcess;
  readonly api: Api;
  readonly network: Resource;
  readonly proxy: ApiProxy;
  readonly vifId: string;
  readonly #name: string;
  readonly #cloud: CloudByProxy;
  #restore: () => Promise<void> = async () => undefined;
  /** The number of NICs that containers had before the tests. */
  #before = 0;

  private constructor(lab: Lab, name: string, api: Api, network: Resource, proxy: ApiProxy) {
    this.lab = lab;
    this.#name = name;
    this.api = api;
    this.network = network;
    this.proxy = proxy;
    this.a = new Vm(lab, 'vm-a');
    this.b = new Vm(lab, 'vm-b');
    this.agent = new AgentProcess(lab, 'vm-a');
    this.vifId = lab.state.vms['vm-a']?.portId ?? '';
    this.#cloud = cloudByProxy(lab, 'vm-a');
  }

  static async raise(lab: Lab, name: string, cidr: string): Promise<TrunkScene> {
    const api = await Api.login(lab, 'alice');
    const network = await api.createNetwork(name, cidr);
    const scene = new TrunkScene(lab, name, api, network, await ApiProxy.start(lab));
    scene.#restore = await scene.configure();
    scene.#before = (await scene.agent.nicIds()).length;
    return scene;
  }

  /**
   * Configures VM-A's agent as these tests need it, with the changes of one test. Returns the function that
   * restores the former configuration.
   */
  configure(change: Readonly<Record<string, unknown>> = {}): Promise<() => Promise<void>> {
    return configureAgent(this.lab, 'vm-a', {
      cloud: this.#cloud.config,
      mode: 'trunk',
      pool: { low: 0, high: 0 },
      // The tests request each pass, so that they see the work of one pass.
      reconcile: { every: 3600, patience: 1 },
      ...change,
    });
  }

  /** Removes everything that a test made, and checks that nothing is left. */
  async tidy(): Promise<void> {
    await this.proxy.reset();
    for (const vm of [this.a, this.b]) {
      await vm.cleanUp();
      await vm.removeNetworks(`name=${this.#name}`);
    }
    await this.expectInOrder(0);
  }

  async end(): Promise<void> {
    await this.#restore();
    this.#cloud.remove();
    await this.proxy.stop();
    await this.api.deleteEmptyNetwork(this.network);
  }

  /**
   * Runs a pass of the reconciler, then expects that another pass finds nothing, that the books balance, and
   * that the agent has `count` NICs more than before the tests.
   */
  async expectInOrder(count: number): Promise<void> {
    await this.agent.waitForOldClaims(1000);
    await this.agent.collectGarbage();
    expect(await this.agent.collectGarbage()).toEqual([]);
    const books = await expectBalancedBooks(this.lab, 'vm-a', this.api);
    expect(books.agent.nics).toHaveLength(this.#before + count);
  }

  ports(): Promise<Resource[]> {
    return this.api.list('port', `network_id=${this.network.id}`);
  }

  /** The trunk on VM-A's port. The agent creates it for the first container. */
  async trunk(): Promise<Resource> {
    const [trunk] = await this.api.list('trunk', `port_id=${this.vifId}`);
    if (!trunk) throw new Error('VM-A has no trunk');
    return trunk;
  }

  /** Adds or removes subports of the trunk, as a client other than the agent. */
  async changeSubports(action: 'add' | 'remove', bodies: readonly object[]): Promise<void> {
    const { id } = await this.trunk();
    const answer = await this.api.call('PUT', `trunks/${id}/${action}_subports`, { sub_ports: bodies });
    expect([answer.status, answer.body['NeutronError']]).toEqual([200, undefined]);
  }

  /** All VLANs in use under VM-A's port: those of the trunk's subports and those of plugged NICs. */
  async vlansInUse(): Promise<number[]> {
    const { sub_ports } = await this.trunk();
    const carried = (sub_ports as { segmentation_id: number }[]).map(
      ({ segmentation_id }) => segmentation_id,
    );
    const plugged = (await pluggedNics(this.lab, 'vm-a')).flatMap(({ vlan }) => vlan ?? []);
    return [...new Set([...carried, ...plugged])];
  }

  /** Runs `ovn-docker run` with a container that exits at once. */
  runOnce(network = this.#name) {
    return this.a.ovnDocker([`--network=${network}`, 'run', '--rm', '--net=none', IMAGE, 'true']);
  }

  pool(network = this.#name): Promise<PoolView | undefined> {
    return poolOf(this.agent, network);
  }

  fill(count: number, network = this.#name): Promise<unknown> {
    return this.agent.ask('POST', `/v1/pools/${network}/fill`, { count });
  }

  drain(): Promise<unknown> {
    return this.agent.ask('POST', '/v1/pools/drain', {});
  }

  async status(): Promise<StatusView> {
    return (await this.agent.ask('GET', '/v1/status')) as StatusView;
  }
}
