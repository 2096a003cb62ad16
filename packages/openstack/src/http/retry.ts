import type { CallOutcome } from '../errors.ts';
import { isAuthMiddlewareUnavailable } from './error-body.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { HttpAnswer, HttpRequest } from './types.ts';

/** {@link RetryOptions} with all defaults. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/** The result of one try. */
export type Try = { readonly answer: HttpAnswer } | { readonly failure: CallOutcome };

/** Statuses after which another try may succeed. */
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Returns the pause in ms before the next try, or undefined if the call must not be repeated. A call that may
 * be done twice is repeated after every transient failure. A POST or PUT is repeated only if the service
 * certainly did not carry it out: it was not sent, the server limited its rate, or the service could not
 * check the token.
 *
 * @param attempt number of tries so far, from 1
 * @param random returns a number from 0 (inclusive) to 1 (exclusive)
 */
export function decideRetry(
  request: Pick<HttpRequest, 'method' | 'repeatable'>,
  last: Try,
  attempt: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  if (!(mayRepeat(request) ? isTransient(last) : isNotCarriedOut(last))) return undefined;
  const requestedMs = 'answer' in last ? parseRetryAfter(last.answer.headers['retry-after']) : undefined;
  if (requestedMs !== undefined && requestedMs > policy.maxDelayMs) return undefined;
  return Math.max(requestedMs ?? 0, backoff(attempt, policy, random));
}

/** Whether a failed try may have taken effect: the next try of a DELETE may then get a 404. */
export function leavesDoubt(last: Try): boolean {
  if ('failure' in last) return last.failure === 'unknown';
  return last.answer.status >= 500 && !isNotCarriedOut(last);
}

function mayRepeat({ method, repeatable }: Pick<HttpRequest, 'method' | 'repeatable'>): boolean {
  return repeatable === true || method === 'GET' || method === 'HEAD' || method === 'DELETE';
}

function isTransient(last: Try): boolean {
  return 'failure' in last || transientStatuses.has(last.answer.status) || isRateLimited(last.answer);
}

function isNotCarriedOut(last: Try): boolean {
  if ('failure' in last) return last.failure === 'not-sent';
  return isRateLimited(last.answer) || isAuthMiddlewareUnavailable(last.answer.status, last.answer.text);
}

/**
 * 413 was the status for rate limits before 429 existed; without Retry-After it means that the body is too
 * large.
 */
function isRateLimited({ status, headers }: HttpAnswer): boolean {
  return status === 429 || (status === 413 && headers['retry-after'] !== undefined);
}

/**
 * Returns the pause in ms. It doubles with each try. Jitter shortens it by up to half, so that clients that
 * failed at the same time do not try again at the same time.
 */
function backoff(attempt: number, policy: RetryPolicy, random: () => number): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random();
}
