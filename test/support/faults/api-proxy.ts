import { join } from 'node:path';
import { type Lab, management, urls, waitFor } from '@ovn-docker/lab';
import { UnixHttp } from '../unix-http.ts';
import type { Front, ProxiedCall } from './proxy/fault-proxy.ts';
import type { Rule, RuleState } from './proxy/rules.ts';

const NAME = 'fault-proxy';
const PROGRAM = join(import.meta.dirname, 'proxy', 'main.ts');
const CONTROL = 'fault-proxy.sock';

/** Keystone and Neutron, each behind its own TCP port of the API host. */
const cloudFronts = [
  { host: management.api, port: 15_000, upstream: new URL(urls.identity).origin },
  { host: management.api, port: 19_696, upstream: urls.network },
] as const satisfies readonly Front[];

/** A rule in force. */
export interface ActiveRule {
  state(): Promise<RuleState>;
  /** Waits until the rule has hit `count` calls. */
  hit(count?: number): Promise<void>;
  /** Forwards the calls that hang because of the rule. */
  release(): Promise<void>;
}

/**
 * The proxy in front of the cloud's API or a broker, controlled by a test. It runs as a process on the API
 * host, in that machine's network namespace. A client of the cloud, an agent or a broker, uses it when its
 * `auth_url` is {@link ApiProxy.identity}.
 */
export class ApiProxy implements AsyncDisposable {
  /** The proxy's URL of Keystone, whose catalog names the proxy's URL of Neutron. */
  static readonly identity = `http://${cloudFronts[0].host}:${cloudFronts[0].port}/v3`;
  readonly #lab: Lab;
  readonly #control: UnixHttp;
  readonly #fronts: readonly Front[];

  private constructor(lab: Lab, fronts: readonly Front[]) {
    this.#lab = lab;
    this.#fronts = fronts;
    this.#control = new UnixHttp(join(lab.machine('api').places.run, CONTROL));
  }

  /** @param fronts services other than the cloud's; their certificates are files on the API host */
  static async start(lab: Lab, fronts: readonly Front[] = cloudFronts): Promise<ApiProxy> {
    const proxy = new ApiProxy(lab, fronts);
    await proxy.resume();
    return proxy;
  }

  /** Adds a rule after the existing ones. */
  async addRule(rule: Rule): Promise<ActiveRule> {
    const { id } = (await this.#control.call('POST', '/rules', rule)) as { id: number };
    const state = async () => (await this.#control.get(`/rules/${id}`)) as RuleState;
    return {
      state,
      hit: async (count = 1) => {
        await waitFor(
          `${count} calls for ${JSON.stringify(rule)}`,
          async () => (await state()).hits >= count,
        );
      },
      release: async () => {
        await this.#control.call('POST', `/rules/${id}/release`);
      },
    };
  }

  /** Removes all rules and forwards the calls that hang. */
  async reset(): Promise<void> {
    await this.#control.call('DELETE', '/rules');
  }

  /** The calls since the start or since {@link forgetCalls}. */
  async calls(): Promise<ProxiedCall[]> {
    return (await this.#control.get('/calls')) as ProxiedCall[];
  }

  /** The number of calls by method and path, without the query. */
  async counts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { method, path } of await this.calls()) {
      const key = `${method} ${path.split('?')[0]}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  async forgetCalls(): Promise<void> {
    await this.#control.call('DELETE', '/calls');
  }

  /** Ends the process, so that connections are refused, as when the API's programs are down. */
  async stop(): Promise<void> {
    await this.#lab.machine('api').stop(NAME, 'KILL');
  }

  /** Starts the process again, without rules. */
  async resume(): Promise<void> {
    const machine = this.#lab.machine('api');
    const before = machine.log(NAME).length;
    const task = JSON.stringify({ control: `/run/${CONTROL}`, fronts: this.#fronts });
    await machine.start(NAME, [process.execPath, PROGRAM, task]);
    await machine.waitForLog(NAME, 'proxy ready', before);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
