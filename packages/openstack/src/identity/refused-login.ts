import type { OpenStackError } from '../errors.ts';
import { isUnauthorized } from './access-rules.ts';

/** Pause after the second refusal in a row, in ms. It doubles with each further refusal. */
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 300_000;

interface Refusal {
  readonly error: OpenStackError;
  readonly pauseMs: number;
  /** Until then the login is not sent to Keystone. */
  readonly pausedUntil: number;
}

/**
 * Wraps a login so that it pauses after Keystone has refused the credential (401) twice in a row. During the
 * pause each call rejects at once with the same error. Otherwise many calls with a wrong password would lock
 * the account (Keystone's `[security_compliance] lockout_failure_attempts`). A single refusal causes no
 * pause, because Keystone may be rotating its keys. Other failures say nothing about the credential and cause
 * no pause either.
 *
 * @param now monotonic clock, in ms
 */
export function pauseAfterRefusals<T>(login: () => Promise<T>, now: () => number): () => Promise<T> {
  let refusal: Refusal | undefined;
  return async () => {
    if (refusal !== undefined && now() < refusal.pausedUntil) throw refusal.error;
    try {
      const answer = await login();
      refusal = undefined;
      return answer;
    } catch (error) {
      if (isUnauthorized(error)) refusal = nextRefusal(error, refusal, now());
      throw error;
    }
  };
}

function nextRefusal(error: OpenStackError, previous: Refusal | undefined, now: number): Refusal {
  const longer = Math.min(Math.max(FIRST_PAUSE_MS, (previous?.pauseMs ?? 0) * 2), LONGEST_PAUSE_MS);
  const pauseMs = previous === undefined ? 0 : longer;
  return { error, pauseMs, pausedUntil: now + pauseMs };
}
