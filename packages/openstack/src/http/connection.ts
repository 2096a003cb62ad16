import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import type { CloudConfig } from '../config/cloud-config.ts';
import { type CallOutcome, CloudConfigError, OpenStackConnectionError, OpenStackError } from '../errors.ts';
import { connectionError, failedCall } from './connection-failure.ts';
import { ExchangeFailure, exchange } from './exchange.ts';
import { Limiter } from './limiter.ts';
import { AnswerTooLong, withDefaults } from './limits.ts';
import { decideRetry, leavesDoubt, type RetryPolicy, type Try } from './retry.ts';
import { connectorFor } from './tls-context.ts';
import { type HttpAnswer, type HttpRequest, requestIdHeader } from './types.ts';

/** The part of {@link CloudConfig} that does not depend on the user. */
export type ConnectionConfig = Pick<
  CloudConfig,
  | 'caFile'
  | 'certFile'
  | 'keyFile'
  | 'insecure'
  | 'limits'
  | 'timeoutMs'
  | 'connectTimeoutMs'
  | 'maxConcurrency'
  | 'retry'
>;

/** An answer of any status, and whether an earlier try may have taken effect. */
export interface SentAnswer extends HttpAnswer {
  /** The service may have carried out an earlier try of the same call. */
  readonly repeatedBlindly: boolean;
}

/**
 * The connections to one cloud: kept alive, limited in number, with one set of certificate authorities.
 * Sessions of several users share the limit if they share a `CloudConnection`.
 *
 * @example
 * ```ts
 * import { type CloudConfig, CloudConnection, Session } from '@ovn-docker/openstack';
 *
 * async function projectsOf(users: readonly CloudConfig[]): Promise<(string | undefined)[]> {
 *   await using connection = new CloudConnection({ maxConcurrency: 4 });
 *   const sessions = users.map((config) => new Session(config, { connection }));
 *   const tokens = await Promise.all(sessions.map((session) => session.token()));
 *   return tokens.map(({ project }) => project?.name);
 * }
 * ```
 */
export class CloudConnection implements AsyncDisposable {
  readonly #config: ConnectionConfig;
  readonly #limiter: Limiter;
  readonly #policy: RetryPolicy;
  readonly #closed = new AbortController();
  readonly #agent: Agent;

  /** Opens no connection; the first call does. */
  constructor(config: ConnectionConfig) {
    this.#config = config;
    this.#agent = agentFor(config);
    this.#limiter = new Limiter(config.maxConcurrency ?? 8);
    this.#policy = { attempts: 4, baseDelayMs: 250, maxDelayMs: 10_000, ...config.retry };
  }

  /**
   * Sends a request, repeats it as {@link decideRetry} decides, and returns the last answer, whatever its
   * status.
   *
   * @throws {OpenStackError} OPENSTACK_ANSWER_TOO_LONG
   * @throws {OpenStackConnectionError} if the last try got no answer, or the connection is closed
   * @throws {CloudConfigError} CLOUD_FILE_UNREADABLE, CLOUD_FILE_INVALID if a file of certificates cannot be
   * used
   * @throws the reason of an aborted signal; the service may have carried out the call
   */
  async send(original: HttpRequest, signal?: AbortSignal): Promise<SentAnswer> {
    const request = withRequestId(original);
    if (this.#closed.signal.aborted) throw closedError(request, 'not-sent');
    const ending =
      signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]);
    try {
      return await this.#sendWithRetries(request, ending);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#closed.signal.aborted ? closedError(request, 'unknown') : error;
    }
  }

  /** Aborts all calls in progress and closes the connections. Later calls reject with OPENSTACK_CLOSED. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#agent.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sendWithRetries(request: HttpRequest, ending: AbortSignal): Promise<SentAnswer> {
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
    const timeout = AbortSignal.timeout((this.#config.timeoutMs ?? 60_000) + (request.moreTimeMs ?? 0));
    try {
      const { answerBytes } = withDefaults(this.#config.limits);
      return {
        answer: await exchange(this.#agent, request, AbortSignal.any([timeout, ending]), answerBytes),
      };
    } catch (error) {
      ending.throwIfAborted();
      if (error instanceof AnswerTooLong) throw tooLong(request, error);
      if (!(error instanceof ExchangeFailure)) throw error;
      if (error.cause instanceof CloudConfigError) throw error.cause;
      return { failure: error.outcome, error: connectionError(request, error) };
    }
  }
}

type Attempt = Extract<Try, { answer: unknown }> | (Extract<Try, { failure: unknown }> & { error: Error });

/**
 * Adds a request id, the same for all tries. The service logs it; without an answer, only this id identifies
 * the call in the logs.
 */
function withRequestId(request: HttpRequest): HttpRequest {
  return { ...request, headers: { [requestIdHeader]: `req-${randomUUID()}`, ...request.headers } };
}

function closedError(request: HttpRequest, outcome: CallOutcome): OpenStackConnectionError {
  return new OpenStackConnectionError(
    'OPENSTACK_CLOSED',
    failedCall(request),
    outcome,
    'the session was closed',
  );
}

/** Repeating the call would bring the same answer. */
function tooLong(request: HttpRequest, { status, message }: AnswerTooLong): OpenStackError {
  const call = failedCall(request);
  const answer = { status, type: '', reason: message, requestId: call.requestId };
  return new OpenStackError(call, answer, 'OPENSTACK_ANSWER_TOO_LONG');
}

/** Longest use of a connection with a client certificate, in ms: the next one shows the renewed one. */
const CERTIFIED_MS = 60_000;

function agentFor(config: ConnectionConfig): Agent {
  return new Agent({
    connections: config.maxConcurrency ?? 8,
    pipelining: 1,
    connect: connectorFor(config),
    ...(config.certFile === undefined ? {} : { clientTtl: CERTIFIED_MS }),
  });
}
