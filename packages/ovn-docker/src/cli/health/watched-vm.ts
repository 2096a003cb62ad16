import { hostname } from 'node:os';
import { asOvnDockerError, OvnDockerError } from '../../errors.ts';
import { inTime } from '../../queues/in-time.ts';
import type { ChosenHost } from '../host/choose-host.ts';
import { openAgent, type Settings } from '../settings.ts';
import { readHealth } from './read-health.ts';
import type { VmReport } from './vm-report.ts';

/** How long a VM may take to answer, connecting to it included, in milliseconds. */
const PATIENCE_MS = 15_000;

/** An agent whose health can be asked for. */
export interface OpenedAgent extends AsyncDisposable {
  readonly agent: { health(limitMs: number): Promise<unknown> };
}

/**
 * A VM whose health is shown. It keeps its connection from one look to the next, and connects again after a
 * failure. Its failures are reports like any other, so that one VM does not hide the others.
 */
export class WatchedVm implements AsyncDisposable {
  readonly #host: string;
  readonly #open: () => Promise<OpenedAgent>;
  readonly #patienceMs: number;
  #opened: Promise<OpenedAgent> | undefined;

  constructor(host: string, open: () => Promise<OpenedAgent>, patienceMs = PATIENCE_MS) {
    this.#host = host;
    this.#open = open;
    this.#patienceMs = patienceMs;
  }

  async report(): Promise<VmReport> {
    const host = this.#host;
    const limit = this.#patienceMs;
    const late = () => new OvnDockerError('E_AGENT_NOT_RUNNING', `no answer in ${limit / 1000} s`);
    try {
      return { host, ...(await inTime(this.#ask(), limit, late)) };
    } catch (error) {
      await this[Symbol.asyncDispose]();
      return { host, error: asOvnDockerError(error).toJSON() };
    }
  }

  async #ask() {
    this.#opened ??= this.#open();
    const { agent } = await this.#opened;
    return readHealth(await agent.health(this.#patienceMs));
  }

  /** Closes the connection; one that is still being opened is closed as soon as it is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    void opened?.then((each) => each[Symbol.asyncDispose]()).catch(() => undefined);
  }
}

/** The VM that the user chose, or this one. */
export function watchedVm(settings: Settings, host: ChosenHost, name?: string): WatchedVm {
  if (host.kind === 'ssh') return new WatchedVm(name ?? host.ssh.host, () => openBySsh(host.ssh));
  return new WatchedVm(hostname(), async () => {
    const agent = await openAgent(settings);
    return { agent, [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose]() };
  });
}

async function openBySsh(ssh: Extract<ChosenHost, { kind: 'ssh' }>['ssh']): Promise<OpenedAgent> {
  const { connectVm } = await import('../../clients/vm-sockets/connect-vm.ts');
  const { AgentClient: Client } = await import('../../api/client.ts');
  const vm = await connectVm(ssh, PATIENCE_MS);
  const agent = new Client(vm.paths.agent);
  return {
    agent: {
      health: (limitMs) =>
        agent.health(limitMs).catch(async (error: unknown) => {
          // The client only knows that its socket was closed.
          throw vm.isOpen ? error : await vm.failure;
        }),
    },
    async [Symbol.asyncDispose]() {
      vm[Symbol.dispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}
