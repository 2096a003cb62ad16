import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { type Lab, type MachineName, waitFor } from '@ovn-docker/lab';

const DAY_MS = 86_400_000;

/** How far the agent's clock may be from the expected time, in milliseconds. */
const TOLERANCE_MS = 60_000;

const NAME = 'agent-clock';

/**
 * The system clock of a VM's agent, which libfaketime moves while the agent runs: the lab's machines share
 * the kernel's clock. The monotonic clock stays true, as when NTP or root sets the system's clock.
 */
export class AgentClock {
  /** The environment of every program that sees this clock; `$LIB` is for the dynamic loader (ld.so(8)). */
  readonly env = {
    LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_TIMESTAMP_FILE: `/run/${NAME}`,
    FAKETIME_NO_CACHE: '1',
  };
  readonly #file: string;
  readonly #socketPath: string;

  constructor(lab: Lab, vm: MachineName) {
    const { run } = lab.machine(vm).places;
    this.#file = join(run, NAME);
    this.#socketPath = join(run, 'ovn-docker', 'agent.sock');
    this.#write(0);
  }

  /** Sets the clock this many days ahead of the true time and waits until the agent sees it. */
  async set(days: number): Promise<void> {
    this.#write(days);
    const isSeen = async () =>
      Math.abs((await this.#agentTime()) - Date.now() - days * DAY_MS) < TOLERANCE_MS;
    await waitFor(`the agent’s clock to be ${days} days ahead`, isSeen);
  }

  remove(): void {
    rmSync(this.#file);
  }

  /** Renames, so that a reader never sees half a file. */
  #write(days: number): void {
    writeFileSync(`${this.#file}.new`, `${days < 0 ? '' : '+'}${days}d\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** The header `Date` of the agent's answers. */
  async #agentTime(): Promise<number> {
    const sent = request({ socketPath: this.#socketPath, path: '/v1/status', agent: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return Date.parse(answer.headers.date ?? '');
  }
}
