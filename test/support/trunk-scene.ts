import { type Lab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { configureAgent } from './agent-config.ts';
import { AgentProcess } from './agent-process.ts';
import { Api, type Resource } from './api.ts';
import { ApiProxy } from './faults/api-proxy.ts';
import { type CloudByProxy, cloudByProxy } from './faults/clouds-by-proxy.ts';
import { type PoolView, poolOf } from './pool-view.ts';
import { booksBalance } from './read-books.ts';
import { IMAGE, Vm } from './vm.ts';

interface StatusView {
  readonly vlans: { readonly used: number; readonly free: number };
  readonly draining: number;
}

/** A subport as the API takes it. */
export const subport = (port_id: string, segmentation_id: number) => ({
  port_id,
  segmentation_type: 'vlan',
  segmentation_id,
});

/** The agent of VM-A in trunk mode, behind a proxy that can lose answers, and a network of alice's for one file of tests. */
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
  /** NICs of containers that were there before the tests. */
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
    const network = await api.create('network', { name });
    await api.create('subnet', { network_id: network.id, cidr, ip_version: 4 });
    const scene = new TrunkScene(lab, name, api, network, await ApiProxy.start(lab));
    scene.#restore = await scene.configure();
    scene.#before = (await scene.agent.nicIds()).length;
    return scene;
  }

  /** The agent of VM-A as all of these tests have it, with what is different for one. Returns what puts the former one back. */
  configure(change: Readonly<Record<string, unknown>> = {}): Promise<() => Promise<void>> {
    return configureAgent(this.lab, 'vm-a', {
      cloud: this.#cloud.config,
      mode: 'trunk',
      pool: { low: 0, high: 0 },
      // Passes are asked for by the tests, so that what is seen is the work of one pass.
      reconcile: { every: 3600, patience: 1 },
      ...change,
    });
  }

  /** After a test: nothing is left of it. */
  async tidy(): Promise<void> {
    await this.proxy.reset();
    for (const vm of [this.a, this.b]) {
      await vm.cleanUp();
      const made = await vm.docker('network', 'ls', '--quiet', '--filter', `name=${this.#name}`);
      if (made) await vm.docker('network', 'rm', ...made.split('\n'));
    }
    await this.inOrder(0);
  }

  async end(): Promise<void> {
    await this.#restore();
    this.#cloud.remove();
    await this.proxy.stop();
    await this.removeNetwork(this.network);
  }

  /** Deletes a network as soon as its containers' ports are gone. */
  async removeNetwork({ id }: Resource): Promise<void> {
    const ports = () => this.api.list('port', `network_id=${id}`);
    await waitFor('the ports of the network to go', async () => (await ports()).length === 0);
    await this.api.delete('network', id);
  }

  /** A pass of the reconciler, and then all truths agree; there are `count` NICs more than before the tests. */
  async inOrder(count: number): Promise<void> {
    await this.agent.claimsAreOld(1000);
    await this.agent.collectGarbage();
    expect(await this.agent.collectGarbage()).toEqual([]);
    const books = await booksBalance(this.lab, 'vm-a', this.api);
    expect(books.agent.nics).toHaveLength(this.#before + count);
  }

  ports(): Promise<Resource[]> {
    return this.api.list('port', `network_id=${this.network.id}`);
  }

  /** The trunk on VM-A's port. There is one as soon as a container has run. */
  async trunk(): Promise<Resource> {
    const [trunk] = await this.api.list('trunk', `port_id=${this.vifId}`);
    if (!trunk) throw new Error('VM-A has no trunk');
    return trunk;
  }

  /** As somebody else than the agent. */
  async changeSubports(action: 'add' | 'remove', bodies: readonly object[]): Promise<void> {
    const { id } = await this.trunk();
    const answer = await this.api.call('PUT', `trunks/${id}/${action}_subports`, { sub_ports: bodies });
    expect([answer.status, answer.body['NeutronError']]).toEqual([200, undefined]);
  }

  /** VLANs of everything under VM-A's port, whoever has it. */
  async vlansInUse(): Promise<number[]> {
    const { sub_ports } = await this.trunk();
    const carried = (sub_ports as { segmentation_id: number }[]).map(
      ({ segmentation_id }) => segmentation_id,
    );
    const plugged = (await pluggedNics(this.lab, 'vm-a')).flatMap(({ vlan }) => vlan ?? []);
    return [...new Set([...carried, ...plugged])];
  }

  /** `ovn-docker run` of a container that ends at once. */
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
