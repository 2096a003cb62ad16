import type { Guest } from '@ovn-docker/lab';

const LOG = '/run/own-pings';
const UNIT = 'own-pings';

/**
 * The VM itself pings an address ten times a second. If its pings are lost together with those of containers,
 * the cause is neither the containers nor the agent.
 */
export class OwnPings {
  readonly #guest: Guest;

  private constructor(guest: Guest) {
    this.#guest = guest;
  }

  static async start(guest: Guest, address: string): Promise<OwnPings> {
    const script = `exec ping -D -i 0.1 ${address} >${LOG}`;
    await guest.must(['systemd-run', '--quiet', '--collect', `--unit=${UNIT}`, 'sh', '-c', script]);
    return new OwnPings(guest);
  }

  /** Ends the pings and returns the times around each gap in the answers, in seconds since the epoch. */
  async stop(): Promise<string[]> {
    await this.#guest.must(['systemctl', 'stop', UNIT]);
    const answers = [...(await this.#guest.must(['cat', LOG])).matchAll(/^\[([\d.]+)\].*icmp_seq=(\d+) /gm)];
    return answers.flatMap(([, at, sequence], index) => {
      const [, before, last] = answers[index - 1] ?? [];
      const lost = last === undefined ? 0 : Number(sequence) - Number(last) - 1;
      return lost > 0 ? [`${lost} lost between ${before} and ${at}`] : [];
    });
  }
}
