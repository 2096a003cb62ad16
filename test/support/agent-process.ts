import { join } from 'node:path';
import { type Lab, type MachineName, waitFor } from '@ovn-docker/lab';
import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { onTestFailed } from 'vitest';
import { UnixHttp } from './unix-http.ts';

/** A leftover that a reconciliation pass found and removed or repaired. */
export interface Removed {
  readonly kind: string;
  readonly what: string;
  readonly evidence: string;
  readonly action: string;
  readonly error?: string;
}

/** The agent process of a VM: tests start it, kill it and send it requests. */
export class AgentProcess {
  readonly #lab: Lab;
  readonly #vm: MachineName;
  readonly #socket: UnixHttp;

  constructor(lab: Lab, vm: MachineName) {
    this.#lab = lab;
    this.#vm = vm;
    this.#socket = new UnixHttp(join(this.#machine.places.run, 'ovn-docker', 'agent.sock'));
  }

  /**
   * Kills the running agent, if there is one, starts another with this environment and waits until it is
   * ready.
   */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#startUntil('agent ready', env);
  }

  /** Restarts the agent with an environment that makes it crash while it starts, and waits for the crash. */
  async restartToCrash(env: Readonly<Record<string, string>>): Promise<void> {
    await this.#startUntil('crash-at: ', env);
  }

  /** Restarts the agent with an environment that may make it crash while it starts or later. */
  async restartArmed(env: Readonly<Record<string, string>>): Promise<void> {
    const before = await this.#start(env);
    const lines = ['agent ready', 'crash-at: '];
    await waitFor('the agent or its crash', () => lines.some((line) => this.log(before).includes(line)));
  }

  /** Prints the lines that the agent logs from now on, if the running test fails. */
  printLogOnFailure(): void {
    const logged = this.log().length;
    onTestFailed(() => {
      process.stderr.write(this.log(logged));
    });
  }

  /**
   * The agent's log from character `from` on: pass a former length of the log to see what was added since.
   */
  log(from = 0): string {
    return this.#machine.log('agent').slice(from);
  }

  /** Sends a request to the agent's socket. Returns the answer's JSON. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    return this.#socket.call(method, path, body);
  }

  async nicIds(): Promise<string[]> {
    return (await this.#status()).nics.map(({ id }) => id);
  }

  /** Whether the agent has no other NICs than these and has finished all releases. */
  async hasOnly(ids: readonly string[]): Promise<boolean> {
    const { nics, draining } = await this.#status();
    return draining === 0 && nics.every(({ id }) => ids.includes(id));
  }

  /** Runs one whole pass of the reconciler. */
  async collectGarbage(): Promise<Removed[]> {
    const { removed } = (await this.ask('POST', '/v1/gc')) as { removed: Removed[] };
    return removed;
  }

  /**
   * Waits until every claim is older than `patienceMs`: the reconciler waits that long for a claim's
   * container.
   */
  async waitForOldClaims(patienceMs: number): Promise<void> {
    const youngest = Math.max(0, ...(await this.claims()).map((date) => Date.parse(date)));
    await waitFor('all claims to be older than the patience', () => Date.now() - youngest > patienceMs);
  }

  /** The dates of the claims in the VM's switch, where the next agent finds them. */
  async claims(): Promise<string[]> {
    await using client = await connect({ remotes: this.#lab.vswitch(this.#vm) });
    await using db = await openReplica(client, vswitchSchema, { Port: ['external_ids'] });
    return [...db.rows('Port').values()].flatMap((row) => row.external_ids['ovn-docker:claimed'] ?? []);
  }

  async #status(): Promise<{ nics: { id: string }[]; draining: number }> {
    return (await this.ask('GET', '/v1/status')) as { nics: { id: string }[]; draining: number };
  }

  async #startUntil(line: string, env: Readonly<Record<string, string>>): Promise<void> {
    await this.#machine.waitForLog('agent', line, await this.#start(env));
  }

  /** Returns the length of the log before the start. */
  async #start(env: Readonly<Record<string, string>>): Promise<number> {
    await this.#machine.stop('agent', 'KILL');
    const before = this.#machine.log('agent').length;
    await this.#machine.start('agent', ['ovn-docker', 'agent'], env);
    return before;
  }

  get #machine() {
    return this.#lab.machine(this.#vm);
  }
}
