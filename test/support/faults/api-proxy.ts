import { join } from 'node:path';
import { type Lab, management, urls, waitFor } from '@ovn-docker/lab';
import { UnixHttp } from '../unix-http.ts';
import type { ProxiedCall } from './proxy/fault-proxy.ts';
import type { Rule, RuleState } from './proxy/rules.ts';

const NAME = 'fault-proxy';
const PROGRAM = join(import.meta.dirname, 'proxy', 'main.ts');
const CONTROL = 'fault-proxy.sock';

/** Keystone and Neutron, each behind a port of its own of the API host. */
const fronts = [
  { host: management.api, port: 15_000, upstream: new URL(urls.identity).origin },
  { host: management.api, port: 19_696, upstream: urls.network },
] as const;

/** A rule that is in force. */
export interface ActiveRule {
  state(): Promise<RuleState>;
  /** Waits until it has hit `count` calls. */
  hit(count?: number): Promise<void>;
  /** Lets what hangs by it go on. */
  release(): Promise<void>;
}

/**
 * The proxy between an agent and the cloud's API, scripted from a test. It runs as a process on the API host, because
 * only there it is in the right network namespace; an agent uses it when its `auth_url` is {@link ApiProxy.identity}.
 */
export class ApiProxy implements AsyncDisposable {
  /** Keystone by way of the proxy; its catalog leads to Neutron by way of the proxy. */
  static readonly identity = `http://${fronts[0].host}:${fronts[0].port}/v3`;
  readonly #lab: Lab;
  readonly #control: UnixHttp;

  private constructor(lab: Lab) {
    this.#lab = lab;
    this.#control = new UnixHttp(join(lab.machine('api').places.run, CONTROL));
  }

  static async start(lab: Lab): Promise<ApiProxy> {
    const proxy = new ApiProxy(lab);
    await proxy.resume();
    return proxy;
  }

  /** Adds a rule behind those that are there. */
  async on(rule: Rule): Promise<ActiveRule> {
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

  /** Removes all rules; what hangs goes on. */
  async reset(): Promise<void> {
    await this.#control.call('DELETE', '/rules');
  }

  /** What came since the start or since {@link forgetCalls}. */
  async calls(): Promise<ProxiedCall[]> {
    return (await this.#control.get('/calls')) as ProxiedCall[];
  }

  /** How often each method and path (without its query) was called. */
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

  /** Ends the process: connections are refused, as when the API host's programs are down. */
  async stop(): Promise<void> {
    await this.#lab.machine('api').stop(NAME, 'KILL');
  }

  /** Starts the process again, without rules. */
  async resume(): Promise<void> {
    const machine = this.#lab.machine('api');
    const before = machine.log(NAME).length;
    const task = JSON.stringify({ control: `/run/${CONTROL}`, fronts });
    await machine.start(NAME, [process.execPath, PROGRAM, task]);
    await machine.waitForLog(NAME, 'proxy ready', before);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
