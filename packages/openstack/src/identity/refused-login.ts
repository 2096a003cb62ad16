import { OpenStackError } from '../errors.ts';

/** How long the second refusal in a row is held, in ms; each further one twice as long as the one before. */
const FIRST_HOLD_MS = 5000;
const LONGEST_HOLD_MS = 300_000;

interface Refusal {
  readonly error: OpenStackError;
  readonly holdMs: number;
  /** Until here Keystone is not asked. */
  readonly heldUntil: number;
}

/**
 * The login, but a credential that Keystone has refused (401) twice is not sent again for a while: whoever asks meanwhile gets the
 * same error at once. Once may be a Keystone that is just taking in new keys. Many calls with a wrong password would else lock the account (Keystone's
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
  const longer = Math.min(Math.max(FIRST_HOLD_MS, (before?.holdMs ?? 0) * 2), LONGEST_HOLD_MS);
  const holdMs = before === undefined ? 0 : longer;
  return { error, holdMs, heldUntil: now + holdMs };
}
