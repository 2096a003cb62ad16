import { Pinger } from '../pinger.ts';
import type { Vm } from '../vm.ts';

/** How far around a lost ping to print the logs, in milliseconds: its time is known to about a second. */
const AROUND_MS = 5000;

/** Containers of both kinds that ping a container in another VM while a test disturbs their agent. */
export class Bystanders {
  readonly peerAddress: string;
  readonly #vms: readonly Vm[];
  readonly #pingers: readonly Pinger[];
  /** Lost pings that an earlier call of {@link lost} returned: each loss belongs to one test. */
  readonly #reported = new Map<Pinger, ReadonlySet<number>>();

  private constructor(vms: readonly Vm[], peerAddress: string, pingers: readonly Pinger[]) {
    this.#vms = vms;
    this.peerAddress = peerAddress;
    this.#pingers = pingers;
  }

  /** Starts two containers in `vm`, on `network`, that ping a container in `other`. */
  static async start(vm: Vm, other: Vm, network: string): Promise<Bystanders> {
    const peer = await other.run(network, '--net=none');
    const peerAddress = (await other.address(peer)) ?? '';
    const containers = [await vm.run(network), await vm.run(network, '--net=none')];
    const pingers = await Promise.all(containers.map((id) => Pinger.start(vm, id, peerAddress)));
    return new Bystanders([vm, other], peerAddress, pingers);
  }

  /** Sequence numbers of all pings lost since the last call. */
  async lost(): Promise<number[]> {
    const losses = this.#pingers.map(async (pinger) => {
      const reported = this.#reported.get(pinger) ?? new Set();
      const { lost, sentAt } = await pinger.count();
      const fresh = lost.filter((sequence) => !reported.has(sequence));
      this.#reported.set(pinger, new Set([...reported, ...fresh]));
      const [first] = fresh;
      if (first !== undefined) this.#printAgentLogs(sentAt(first), sentAt(fresh.at(-1) ?? first));
      return fresh;
    });
    return (await Promise.all(losses)).flat();
  }

  /** Prints what both VMs' agents logged around that time: either may have caused the loss. */
  #printAgentLogs(from: number, to: number): void {
    for (const { machine } of this.#vms) {
      for (const line of machine.log('agent').split('\n')) {
        const at = Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '');
        if (at > from - AROUND_MS && at < to + AROUND_MS) process.stderr.write(`${machine.name}: ${line}\n`);
      }
    }
  }

  /** Removes the containers and their Docker network. */
  async end(): Promise<void> {
    for (const vm of this.#vms) {
      await vm.cleanUp();
      await vm.machine.run(['docker', 'network', 'prune', '--force']);
    }
  }
}
