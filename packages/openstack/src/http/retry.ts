import type { CallOutcome } from '../errors.ts';
import { isAuthMiddlewareUnavailable } from './error-body.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { HttpAnswer, HttpRequest } from './types.ts';

/** {@link RetryOptions} with every default filled in. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/** How one try went. */
export type Try = { readonly answer: HttpAnswer } | { readonly failure: CallOutcome };

/** Statuses that may be gone at the next try. */
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Whether a call is tried again, and after how many ms; undefined for no. A call that may be done twice is repeated
 * after anything that may pass. A POST or PUT is repeated only when it was provably not carried out: it was not sent,
 * the server refused it for its rate, or the service could not check the token.
 *
 * @param attempt the number of tries so far, from 1
 * @param random from 0 up to, not including, 1
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
  const asked = 'answer' in last ? parseRetryAfter(last.answer.headers['retry-after']) : undefined;
  if (asked !== undefined && asked > policy.maxDelayMs) return undefined;
  return Math.max(asked ?? 0, backoff(attempt, policy, random));
}

/** Whether the call may have had its effect although it failed: a 404 of the next try then may be of its own making. */
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

/** 413 was the status of rate limits before 429 existed; without Retry-After it is about the size of the body. */
function isRateLimited({ status, headers }: HttpAnswer): boolean {
  return status === 429 || (status === 413 && headers['retry-after'] !== undefined);
}

/** Doubles each time; between half and all of it, so that clients that failed together do not come back together. */
function backoff(attempt: number, policy: RetryPolicy, random: () => number): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random();
}
