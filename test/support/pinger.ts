import { waitFor } from '@ovn-docker/lab';
import { hypervisorCrashes, isNear } from './switch-crashes.ts';
import type { Vm } from './vm.ts';

/** The results of a series of pings so far. */
export interface PingCount {
  /** The number of echo requests that are answered or lost. */
  readonly sent: number;
  /** Sequence numbers of the unanswered requests that no crash of a hypervisor's switch explains. */
  readonly lost: readonly number[];
  /** The number of unanswered requests sent near the crash of a hypervisor's switch. */
  readonly excused: number;
  /** The time at which a request was sent, accurate to about a second, in milliseconds since the epoch. */
  sentAt(sequence: number): number;
}

/** A VM of the lab, or a guest. */
type Docker = Pick<Vm, 'docker' | 'lab'>;

/** A container that pings an address ten times a second, to show that its traffic is never interrupted. */
export class Pinger {
  readonly #vm: Docker;
  readonly #container: string;
  readonly #log: string;
  readonly #began = { sequence: 0, at: 0 };

  private constructor(vm: Docker, container: string, log: string) {
    this.#vm = vm;
    this.#container = container;
    this.#log = log;
  }

  /** Starts pinging and waits for the first answer; every later request counts. */
  static async start(vm: Docker, container: string, address: string): Promise<Pinger> {
    const log = `/tmp/ping-${address}`;
    const pinger = new Pinger(vm, container, log);
    // Without a terminal busybox buffers its output.
    const script = `exec ping -i 0.1 ${address} > ${log} 2>&1`;
    await vm.docker('exec', '--detach', '--tty', container, 'sh', '-c', script);
    const answers = async () => (await pinger.#answered()).at(-1) !== undefined && pinger.#answered();
    const sequence = (await waitFor(`an answer from ${address}`, answers)).at(-1) ?? 0;
    Object.assign(pinger.#began, { sequence, at: Date.now() });
    return pinger;
  }

  /**
   * Counts the pings sent since the first answer. Answers arrive in order, so every request before an answer
   * to a request sent after this call is answered or lost.
   * @throws LabError `LAB_TIMEOUT` when no more answers arrive
   */
  async count(): Promise<PingCount> {
    const before = (await this.#answered()).length;
    const answered = await waitFor(`answers to the pings of ${this.#container}`, async () => {
      const now = await this.#answered();
      // Two more: the first may answer a request that was sent before this call.
      return now.length >= before + 2 && now;
    });
    const [first = 0] = answered;
    const last = answered.at(-1) ?? 0;
    const got = new Set(answered);
    const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const { sequence: origin, at } = this.#began;
    // On a busy machine the interval is longer than a tenth of a second, but even.
    const interval = (Date.now() - at) / Math.max(1, last - origin);
    const sentAt = (sequence: number) => at + (sequence - origin) * interval;
    const crashes = hypervisorCrashes(this.#vm.lab);
    const unanswered = all.filter((sequence) => !got.has(sequence));
    const lost = unanswered.filter((sequence) => !isNear(sentAt(sequence), crashes));
    return { sent: all.length, lost, excused: unanswered.length - lost.length, sentAt };
  }

  async #answered(): Promise<number[]> {
    const output = await this.#vm.docker('exec', this.#container, 'cat', this.#log);
    return [...output.matchAll(/ seq=(\d+) /g)].map(([, sequence]) => Number(sequence));
  }
}
