import { join } from 'node:path';
import { type Lab, type MachineName, waitFor } from '@ovn-docker/lab';
import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { UnixHttp } from './unix-http.ts';

/** A leftover that a reconciliation pass has found and dealt with. */
export interface Removed {
  readonly kind: string;
  readonly what: string;
  readonly evidence: string;
  readonly action: string;
  readonly error?: string;
}

/** The agent of a VM as a process that tests start, kill and ask. */
export class AgentProcess {
  readonly #lab: Lab;
  readonly #vm: MachineName;
  readonly #socket: UnixHttp;

  constructor(lab: Lab, vm: MachineName) {
    this.#lab = lab;
    this.#vm = vm;
    this.#socket = new UnixHttp(join(this.#machine.places.run, 'ovn-docker', 'agent.sock'));
  }

  /** Ends the agent that runs, if one does, and starts another with this environment. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#startUntil('agent ready', env);
  }

  /** The same, of one that `env` makes crash while it starts. */
  async restartToCrash(env: Readonly<Record<string, string>>): Promise<void> {
    await this.#startUntil('crash-at: ', env);
  }

  /** The same, of one that `env` may make crash, now or later. */
  async restartArmed(env: Readonly<Record<string, string>>): Promise<void> {
    const before = await this.#start(env);
    const words = ['agent ready', 'crash-at: '];
    await waitFor('the agent or its crash', () => words.some((one) => this.log(before).includes(one)));
  }

  /** What its log says; `from` is a former length of it. */
  log(from = 0): string {
    return this.#machine.log('agent').slice(from);
  }

  /** Sends a request to its socket. */
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    return this.#socket.call(method, path, body);
  }

  async nicIds(): Promise<string[]> {
    return (await this.#status()).nics.map(({ id }) => id);
  }

  /** Whether it has no NICs but those, and is through with the release of others. */
  async hasOnly(ids: readonly string[]): Promise<boolean> {
    const { nics, draining } = await this.#status();
    return draining === 0 && nics.every(({ id }) => ids.includes(id));
  }

  /** One whole pass of the reconciler. */
  async collectGarbage(): Promise<Removed[]> {
    const { removed } = (await this.ask('POST', '/v1/gc')) as { removed: Removed[] };
    return removed;
  }

  /** Waits until no claim is so young that the reconciler would still give it time to find its container. */
  async claimsAreOld(patienceMs: number): Promise<void> {
    await using client = await connect({ remotes: this.#lab.vswitch(this.#vm) });
    await using db = await openReplica(client, vswitchSchema, { Port: ['external_ids'] });
    const claims = [...db.rows('Port').values()].flatMap(
      (row) => row.external_ids['ovn-docker:claimed'] ?? [],
    );
    const youngest = Math.max(0, ...claims.map((date) => Date.parse(date)));
    await waitFor('claims to be old', () => Date.now() - youngest > patienceMs);
  }

  async #status(): Promise<{ nics: { id: string }[]; draining: number }> {
    return (await this.ask('GET', '/v1/status')) as { nics: { id: string }[]; draining: number };
  }

  async #startUntil(words: string, env: Readonly<Record<string, string>>): Promise<void> {
    await this.#machine.waitForLog('agent', words, await this.#start(env));
  }

  /** Returns where its log begins. */
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
