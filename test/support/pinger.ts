import { waitFor } from '@ovn-docker/lab';
import { hypervisorCrashes, isNear } from './switch-crashes.ts';
import type { Vm } from './vm.ts';

/** How a series of pings went so far. */
export interface PingCount {
  /** Echo requests whose answer is settled, by their sequence numbers. */
  readonly sent: number;
  /** Sequence numbers of those that were never answered, though the switches of the hypervisors lived. */
  readonly lost: readonly number[];
  /** How many more were not answered, because one of these had died of itself about then. */
  readonly excused: number;
  /** When a request was sent, to within about a second, in milliseconds since the epoch. */
  sentAt(sequence: number): number;
}

/** A container that pings an address ten times a second, to show that its traffic is never cut off. */
export class Pinger {
  readonly #vm: Vm;
  readonly #container: string;
  readonly #log: string;
  readonly #began = { sequence: 0, at: 0 };

  private constructor(vm: Vm, container: string, log: string) {
    this.#vm = vm;
    this.#container = container;
    this.#log = log;
  }

  /** Starts pinging, and waits for the first answer: from then on every request counts. */
  static async start(vm: Vm, container: string, address: string): Promise<Pinger> {
    const log = `/tmp/ping-${address}`;
    const pinger = new Pinger(vm, container, log);
    // Without a terminal busybox would keep its lines in a buffer.
    const script = `exec ping -i 0.1 ${address} > ${log} 2>&1`;
    await vm.docker('exec', '--detach', '--tty', container, 'sh', '-c', script);
    const answers = async () => (await pinger.#answered()).at(-1) !== undefined && pinger.#answered();
    const sequence = (await waitFor(`an answer of ${address}`, answers)).at(-1) ?? 0;
    Object.assign(pinger.#began, { sequence, at: Date.now() });
    return pinger;
  }

  /**
   * Pings sent since the first answer, and the lost ones. Answers come in order, so whatever precedes an answer to a request sent after this call
   * is answered or lost.
   * @throws LabError `LAB_TIMEOUT` when no answer comes any more
   */
  async count(): Promise<PingCount> {
    const before = (await this.#answered()).length;
    const answered = await waitFor(`answers to the pings of ${this.#container}`, async () => {
      const now = await this.#answered();
      // Two more: the first of them may have been under way already.
      return now.length >= before + 2 && now;
    });
    const [first = 0] = answered;
    const last = answered.at(-1) ?? 0;
    const got = new Set(answered);
    const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const { sequence: origin, at } = this.#began;
    // Not ten times a second on a busy machine, but evenly.
    const each = (Date.now() - at) / Math.max(1, last - origin);
    const sentAt = (sequence: number) => at + (sequence - origin) * each;
    const crashes = hypervisorCrashes(this.#vm.lab);
    const unanswered = all.filter((sequence) => !got.has(sequence));
    const lost = unanswered.filter((sequence) => !isNear(sentAt(sequence), crashes));
    return { sent: all.length, lost, excused: unanswered.length - lost.length, sentAt };
  }

  async #answered(): Promise<number[]> {
    const words = await this.#vm.docker('exec', this.#container, 'cat', this.#log);
    return [...words.matchAll(/ seq=(\d+) /g)].map(([, sequence]) => Number(sequence));
  }
}
