import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import type { CloudConfig } from '../config/cloud-config.ts';
import { type CallOutcome, CloudConfigError, OpenStackConnectionError } from '../errors.ts';
import { connectionError, failedCall } from './connection-failure.ts';
import { ExchangeFailure, exchange } from './exchange.ts';
import { Limiter } from './limiter.ts';
import { decideRetry, leavesDoubt, type RetryPolicy, type Try } from './retry.ts';
import { type HttpAnswer, type HttpRequest, requestIdHeader } from './types.ts';

/** The part of {@link CloudConfig} that is about the cloud and not about the user. */
export type ConnectionConfig = Pick<
  CloudConfig,
  'caFile' | 'insecure' | 'timeoutMs' | 'connectTimeoutMs' | 'maxConcurrency' | 'retry'
>;

/** An answer, of any status, and what the tries before it may have done. */
export interface SentAnswer extends HttpAnswer {
  /** An earlier try of the same call may have been carried out. */
  readonly repeatedBlindly: boolean;
}

/**
 * The connections to one cloud: kept alive, limited in number, trusted by one set of authorities. Sessions of several
 * users of one cloud share its limit by sharing one of these.
 */
export class CloudConnection implements AsyncDisposable {
  readonly #config: ConnectionConfig;
  readonly #limiter: Limiter;
  readonly #policy: RetryPolicy;
  readonly #closed = new AbortController();
  #agent: Promise<Agent> | undefined;

  constructor(config: ConnectionConfig) {
    this.#config = config;
    this.#limiter = new Limiter(config.maxConcurrency ?? 8);
    this.#policy = { attempts: 4, baseDelayMs: 250, maxDelayMs: 10_000, ...config.retry };
  }

  /**
   * Sends a request, again if it may be ({@link decideRetry}), and gives the last answer whatever its status is.
   *
   * @throws {OpenStackConnectionError} when no try got an answer, or the connection was closed
   * @throws {CloudConfigError} when the CA file cannot be read
   * @throws the signal's reason when it is aborted; the call may have been carried out then
   */
  async send(unnamed: HttpRequest, signal?: AbortSignal): Promise<SentAnswer> {
    const request = named(unnamed);
    if (this.#closed.signal.aborted) throw closed(request, 'not-sent');
    const ending =
      signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]);
    try {
      return await this.#sendUntilSettled(request, ending);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#closed.signal.aborted ? closed(request, 'unknown') : error;
    }
  }

  /** Ends all calls under way and closes the connections. Later calls are refused. */
  async close(): Promise<void> {
    this.#closed.abort();
    const agent = await this.#agent?.catch(() => undefined);
    await agent?.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sendUntilSettled(request: HttpRequest, ending: AbortSignal): Promise<SentAnswer> {
    let repeatedBlindly = false;
    for (let attempt = 1; ; attempt += 1) {
      const last = await this.#limiter.run(() => this.#try(request, ending), ending);
      const delay = decideRetry(request, last, attempt, this.#policy);
      if (delay === undefined) {
        if ('error' in last) throw last.error;
        return { ...last.answer, sentAs: request.headers[requestIdHeader], repeatedBlindly };
      }
      repeatedBlindly ||= leavesDoubt(last);
      await pause(delay, undefined, { signal: ending });
    }
  }

  async #try(request: HttpRequest, ending: AbortSignal): Promise<Attempt> {
    const agent = await this.#open();
    const timeout = AbortSignal.timeout((this.#config.timeoutMs ?? 60_000) + (request.moreTimeMs ?? 0));
    try {
      return { answer: await exchange(agent, request, AbortSignal.any([timeout, ending])) };
    } catch (error) {
      ending.throwIfAborted();
      if (!(error instanceof ExchangeFailure)) throw error;
      return { failure: error.outcome, error: connectionError(request, error) };
    }
  }

  #open(): Promise<Agent> {
    if (this.#agent !== undefined) return this.#agent;
    const opening = openAgent(this.#config);
    this.#agent = opening;
    // A failure is forgotten, so that the next call reads a CA file that was put there in the meantime.
    opening.catch(() => {
      this.#agent = undefined;
    });
    return opening;
  }
}

type Attempt = Extract<Try, { answer: unknown }> | (Extract<Try, { failure: unknown }> & { error: Error });

/** With an id of ours, the same for all tries: the service logs it, and it is all there is to find a call by that got no answer. */
function named(request: HttpRequest): HttpRequest {
  return { ...request, headers: { [requestIdHeader]: `req-${randomUUID()}`, ...request.headers } };
}

function closed(request: HttpRequest, outcome: CallOutcome): OpenStackConnectionError {
  return new OpenStackConnectionError(
    'OPENSTACK_CLOSED',
    failedCall(request),
    outcome,
    'the session was closed',
  );
}

async function openAgent(config: ConnectionConfig): Promise<Agent> {
  return new Agent({
    connections: config.maxConcurrency ?? 8,
    pipelining: 1,
    connect: {
      timeout: config.connectTimeoutMs ?? 10_000,
      ...(config.caFile === undefined ? {} : { ca: await readAuthorities(config.caFile) }),
      ...(config.insecure === true ? { rejectUnauthorized: false } : {}),
    },
  });
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', `the CA file ${path} cannot be read`, { cause });
  }
}
