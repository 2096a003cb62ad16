import { OpenStackError } from '../errors.ts';

/** How long the first refusal is held, in ms; each further one twice as long as the one before. */
const FIRST_HOLD_MS = 5000;
const LONGEST_HOLD_MS = 300_000;

interface Refusal {
  readonly error: OpenStackError;
  readonly holdMs: number;
  /** Until here Keystone is not asked. */
  readonly heldUntil: number;
}

/**
 * The login, but a credential that Keystone has refused (401) is not sent again for a while: whoever asks meanwhile gets the
 * same error at once. Many calls with a wrong password would else lock the account (Keystone's
 * `[security_compliance] lockout_failure_attempts`). Failures of another kind say nothing about the credential and are not
 * held.
 *
 * @param now monotonic, in ms
 */
export function holdBackRefused<T>(login: () => Promise<T>, now: () => number): () => Promise<T> {
  let refusal: Refusal | undefined;
  return async () => {
    if (refusal !== undefined && now() < refusal.heldUntil) throw refusal.error;
    try {
      const answer = await login();
      refusal = undefined;
      return answer;
    } catch (error) {
      if (isRefusal(error)) refusal = held(error, refusal, now());
      throw error;
    }
  };
}

function isRefusal(error: unknown): error is OpenStackError {
  return error instanceof OpenStackError && error.status === 401;
}

function held(error: OpenStackError, before: Refusal | undefined, now: number): Refusal {
  const holdMs = before === undefined ? FIRST_HOLD_MS : Math.min(before.holdMs * 2, LONGEST_HOLD_MS);
  return { error, holdMs, heldUntil: now + holdMs };
}
