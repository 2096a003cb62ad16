import { Pinger } from '../pinger.ts';
import type { Vm } from '../vm.ts';

/** When a ping was sent is known to about a second. */
const AROUND_MS = 5000;

/** Containers of both kinds that ping one in another VM while the agent beside them is maltreated. */
export class Bystanders {
  readonly peerAddress: string;
  readonly #vms: readonly Vm[];
  readonly #pingers: readonly Pinger[];
  /** Each loss is one test's. */
  readonly #told = new Map<Pinger, ReadonlySet<number>>();

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

  /** Sequence numbers of the pings that were lost and that nobody was told of yet, of all of them. */
  async lost(): Promise<number[]> {
    const news = this.#pingers.map(async (pinger) => {
      const told = this.#told.get(pinger) ?? new Set();
      const { lost, sentAt } = await pinger.count();
      const fresh = lost.filter((sequence) => !told.has(sequence));
      this.#told.set(pinger, new Set([...told, ...fresh]));
      const [first] = fresh;
      if (first !== undefined) this.#tellWhatAgentsDid(sentAt(first), sentAt(fresh.at(-1) ?? first));
      return fresh;
    });
    return (await Promise.all(news)).flat();
  }

  /** Who is cut off may be so by the agent of the other VM: writes what both have logged about then. */
  #tellWhatAgentsDid(from: number, to: number): void {
    for (const { machine } of this.#vms) {
      for (const line of machine.log('agent').split('\n')) {
        const at = Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '');
        if (at > from - AROUND_MS && at < to + AROUND_MS) process.stderr.write(`${machine.name}: ${line}\n`);
      }
    }
  }

  /** Removes the containers, and the Docker network that was made for them. */
  async end(): Promise<void> {
    for (const vm of this.#vms) {
      await vm.cleanUp();
      await vm.machine.run(['docker', 'network', 'prune', '--force']);
    }
  }
}
