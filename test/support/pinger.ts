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

/** An echo request that was answered. */
interface Answer {
  readonly sequence: number;
  /** The container's clock shortly before the answer arrived, in milliseconds since the epoch. */
  readonly at: number;
}

/** The time between two requests. */
const INTERVAL_MS = 100;

/** A container that pings an address ten times a second, to show that its traffic is never interrupted. */
export class Pinger {
  readonly #vm: Docker;
  readonly #container: string;
  readonly #log: string;
  /** By how much the container's clock is behind this process's, in milliseconds. */
  #clockIsBehind = 0;

  private constructor(vm: Docker, container: string, log: string) {
    this.#vm = vm;
    this.#container = container;
    this.#log = log;
  }

  /** Starts pinging and waits for the first answer; every later request counts. */
  static async start(vm: Docker, container: string, address: string): Promise<Pinger> {
    const log = `/tmp/ping-${address}`;
    const pinger = new Pinger(vm, container, log);
    const clock = '(while date +%s; do sleep 1; done)';
    const script = `exec > ${log} 2>&1; ${clock} & exec ping -i ${INTERVAL_MS / 1000} ${address}`;
    await vm.docker('exec', '--detach', container, 'sh', '-c', script);
    const firstAnswers = async () => {
      const answers = await pinger.#answers();
      return answers.length > 0 && answers;
    };
    const last = (await waitFor(`an answer from ${address}`, firstAnswers)).at(-1) as Answer;
    pinger.#clockIsBehind = Date.now() - last.at;
    return pinger;
  }

  /**
   * Counts the pings sent since the first answer. Answers arrive in order, so every request before an answer
   * to a request sent after this call is answered or lost.
   * @throws LabError `LAB_TIMEOUT` when no more answers arrive
   */
  async count(): Promise<PingCount> {
    const before = (await this.#answers()).length;
    const answers = await waitFor(`answers to the pings of ${this.#container}`, async () => {
      const now = await this.#answers();
      // Two more: the first may answer a request that was sent before this call.
      return now.length >= before + 2 && now;
    });
    const first = answers[0]?.sequence ?? 0;
    const last = answers.at(-1)?.sequence ?? first;
    const got = new Set(answers.map(({ sequence }) => sequence));
    const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const sentAt = (sequence: number) => sendingTime(answers, sequence) + this.#clockIsBehind;
    const crashes = hypervisorCrashes(this.#vm.lab);
    const unanswered = all.filter((sequence) => !got.has(sequence));
    const lost = unanswered.filter((sequence) => !isNear(sentAt(sequence), crashes));
    return { sent: all.length, lost, excused: unanswered.length - lost.length, sentAt };
  }

  async #answers(): Promise<Answer[]> {
    return answersIn(await this.#vm.docker('exec', this.#container, 'cat', this.#log));
  }
}

/** The answers in a log of busybox's ping, into which another process writes the time every second. */
export function answersIn(log: string): Answer[] {
  let at = 0;
  const answers: Answer[] = [];
  for (const line of log.split('\n')) {
    if (/^\d+\r?$/.test(line)) at = Number(line) * 1000;
    const [, sequence] = / seq=(\d+) /.exec(line) ?? [];
    if (sequence !== undefined) answers.push({ sequence: Number(sequence), at });
  }
  return answers;
}

/** When a request was sent: so many intervals after the last answered one before it. */
export function sendingTime(answers: readonly Answer[], sequence: number): number {
  const before = answers.findLast((answer) => answer.sequence <= sequence);
  return before === undefined ? 0 : before.at + (sequence - before.sequence) * INTERVAL_MS;
}
