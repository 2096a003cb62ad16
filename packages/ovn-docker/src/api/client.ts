import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { type ErrorCode, errorTable, OvnDockerError } from '../errors.ts';
import type { HealthView } from '../health/types.ts';
import type {
  AttachRequest,
  EnterRequest,
  EventView,
  FindingView,
  NetworkView,
  NicView,
  PoolView,
  ResolveRequest,
  StatusView,
} from './types.ts';

/** No timeout: the agent may create or delete hundreds of ports, and the user can interrupt the command. */
const UNLIMITED = { headersTimeout: 0 };

/** The client of the agent's own API on its Unix socket. */
export class AgentClient implements AsyncDisposable {
  readonly #socket: string;
  readonly #dispatcher: Agent;

  constructor(socket: string) {
    this.#socket = socket;
    this.#dispatcher = new Agent({ connect: { socketPath: socket }, headersTimeout: 120_000 });
  }

  status(): Promise<StatusView> {
    return this.#ask('GET', '/v1/status');
  }

  /** The health of the agent and its containers. @param limitMs how long it may take, in milliseconds */
  health(limitMs: number): Promise<HealthView> {
    return this.#ask('GET', '/v1/health', undefined, { headersTimeout: limitMs });
  }

  prepareNic(body: AttachRequest): Promise<NicView> {
    return this.#ask('POST', '/v1/nics', body);
  }

  enterNic(id: string, body: EnterRequest): Promise<NicView> {
    return this.#ask('POST', `/v1/nics/${id}/enter`, body);
  }

  releaseNic(id: string): Promise<void> {
    return this.#ask('DELETE', `/v1/nics/${id}`);
  }

  resolveNetwork(body: ResolveRequest): Promise<NetworkView> {
    return this.#ask('POST', '/v1/networks/resolve', body);
  }

  pools(): Promise<PoolView[]> {
    return this.#ask('GET', '/v1/pools');
  }

  fillPool(network: string, count?: number): Promise<PoolView[]> {
    const body = count === undefined ? {} : { count };
    return this.#ask('POST', `/v1/pools/${encodeURIComponent(network)}/fill`, body, UNLIMITED);
  }

  /** @param network name or id; undefined: the pools of all networks */
  drainPool(network?: string): Promise<PoolView[]> {
    const path = network === undefined ? '' : `/${encodeURIComponent(network)}`;
    return this.#ask('POST', `/v1/pools${path}/drain`, undefined, UNLIMITED);
  }

  findings(): Promise<FindingView[]> {
    return this.#ask('GET', '/v1/gc');
  }

  async putRight(): Promise<FindingView[]> {
    const { removed } = await this.#ask<{ removed: FindingView[] }>('POST', '/v1/gc', undefined, UNLIMITED);
    return removed;
  }

  /** Yields warnings and the events of all stages from now on, until the agent ends or `signal` aborts. */
  async *events(signal: AbortSignal): AsyncGenerator<EventView> {
    const { body } = await request('http://agent/v1/events', {
      dispatcher: this.#dispatcher,
      bodyTimeout: 0,
      signal,
    }).catch((error: unknown) => {
      throw this.#unreachable(error as NodeJS.ErrnoException);
    });
    for await (const line of createInterface({ input: body })) yield JSON.parse(line) as EventView;
  }

  /**
   * Waits for the lock of the commands that create or remove Docker networks; disposing releases it.
   * @param patienceMs how long to wait while other commands have it, in milliseconds
   */
  async lockDockerNetworks(patienceMs: number): Promise<Disposable> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patienceMs);
    try {
      const { body } = await request('http://agent/v1/docker-networks/lock', {
        dispatcher: this.#dispatcher,
        bodyTimeout: 0,
        // A connection that stays open would make an agent that stops wait.
        reset: true,
        signal: stop.signal,
      });
      // It goes on reading, so that an agent that stops does not wait for this command.
      const isLocked = await new Promise<boolean>((resolve) => {
        body.on('error', () => undefined).once('data', () => resolve(true));
        body.once('close', () => resolve(false));
      });
      if (isLocked) return { [Symbol.dispose]: () => void body.destroy() };
      throw new OvnDockerError('E_AGENT_NOT_RUNNING', 'the agent has just stopped');
    } catch (error) {
      if (!stop.signal.aborted) throw this.#unreachable(error as NodeJS.ErrnoException);
      throw new OvnDockerError(
        'E_DOCKER_FAILED',
        `another command has been creating a Docker network for more than ${patienceMs / 1000} s`,
        { hint: 'find it in the VM: `ps -ef | grep ovn-docker`; wait until it ends, or end it' },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispatcher.close();
  }

  async #ask<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    limits: { headersTimeout?: number } = {},
  ): Promise<T> {
    const answer = await request(`http://agent${path}`, {
      ...limits,
      method,
      dispatcher: this.#dispatcher,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }).catch((error: unknown) => {
      throw this.#unreachable(error as NodeJS.ErrnoException);
    });
    if (answer.statusCode === 204) {
      await answer.body.dump();
      return undefined as T;
    }
    const json = (await answer.body.json()) as T & {
      error?: { code: string; message: string; hint: string };
    };
    if (answer.statusCode < 400) return json;
    throw errorFromAgent(json.error);
  }

  #unreachable(error: NodeJS.ErrnoException): OvnDockerError {
    if (error instanceof OvnDockerError) return error;
    if (error.code === 'EACCES') {
      return new OvnDockerError('E_NOT_ROOT', `no permission to open ${this.#socket}`, { cause: error });
    }
    if (error.code === 'UND_ERR_HEADERS_TIMEOUT') {
      return new OvnDockerError('E_API_UNREACHABLE', 'the agent is still waiting for Neutron', {
        cause: error,
        hint: 'the agent goes on with the request: look at `ovn-docker status` and at the agent’s log, and repeat the command later',
      });
    }
    return new OvnDockerError('E_AGENT_NOT_RUNNING', `no agent answers on ${this.#socket}`, { cause: error });
  }
}

function errorFromAgent(error: { code: string; message: string; hint: string } | undefined): OvnDockerError {
  if (!error) return new OvnDockerError('E_INTERNAL', 'the agent answered with an error that has no message');
  const code = error.code in errorTable ? (error.code as ErrorCode) : 'E_INTERNAL';
  return new OvnDockerError(code, error.message, { hint: error.hint });
}
