import { Pinger } from '../../support/pinger.ts';
import type { Vm } from '../../support/vm.ts';

/** Containers of both kinds that ping one in another VM while the agent beside them is maltreated. */
export class Bystanders {
  readonly peerAddress: string;
  readonly #vms: readonly Vm[];
  readonly #pingers: readonly Pinger[];

  private constructor(vms: readonly Vm[], peerAddress: string, pingers: readonly Pinger[]) {
    this.#vms = vms;
    this.peerAddress = peerAddress;
    this.#pingers = pingers;
  }

  /** Two containers in `vm`, on `network`, that ping one in `other`. */
  static async start(vm: Vm, other: Vm, network: string): Promise<Bystanders> {
    const peer = await other.run(network, '--net=none');
    const peerAddress = (await other.address(peer)) ?? '';
    const containers = [await vm.run(network), await vm.run(network, '--net=none')];
    const pingers = await Promise.all(containers.map((id) => Pinger.start(vm, id, peerAddress)));
    return new Bystanders([vm, other], peerAddress, pingers);
  }

  /**
   * Sequence numbers of the pings that were lost since the start, of all of them.
   * @param isExcused whether one does not count that was sent at that time, in milliseconds since the epoch
   */
  async lost(isExcused: (sentAt: number) => boolean = () => false): Promise<number[]> {
    const counts = await Promise.all(this.#pingers.map((pinger) => pinger.count()));
    return counts.flatMap(({ lost, sentAt }) => lost.filter((sequence) => !isExcused(sentAt(sequence))));
  }

  /** Removes the containers, and the Docker network that was made for them. */
  async end(): Promise<void> {
    for (const vm of this.#vms) {
      await vm.cleanUp();
      await vm.machine.run(['docker', 'network', 'prune', '--force']);
    }
  }
}
