import type { EventList } from '../connection/event-list.ts';
import { startTimer } from '../connection/timer.ts';
import { OvsdbClosedError, OvsdbTimeoutError } from '../errors.ts';
import type { UntilOptions } from './replica.ts';
import type { RowChange } from './updates.ts';

/** The part of a `DatabaseFollower` that `until` uses. */
interface Followed {
  readonly changes: EventList<[readonly RowChange[]]>;
  readonly states: EventList<[]>;
  readonly closed: boolean;
}

/**
 * Calls `check` now and after each change. Resolves with its result as soon as that is neither undefined nor
 * false.
 *
 * @throws OvsdbTimeoutError after `timeoutMs`, OvsdbClosedError, the signal's reason, and the errors of
 *   `check`
 */
export function until<R>(
  check: () => R | undefined | false,
  followed: Followed,
  { signal, timeoutMs }: UntilOptions,
): Promise<R> {
  const { promise, resolve, reject } = Promise.withResolvers<R>();
  const look = () => {
    try {
      const result = check();
      if (result !== undefined && result !== false) resolve(result);
      else if (followed.closed) reject(new OvsdbClosedError('the replica'));
    } catch (error) {
      reject(error);
    }
  };
  const onAbort = () => reject(signal?.reason);
  const stops = [followed.changes.add(look), followed.states.add(look)];
  signal?.addEventListener('abort', onAbort);
  const timer =
    timeoutMs === undefined
      ? undefined
      : startTimer(() => reject(new OvsdbTimeoutError('until', timeoutMs)), timeoutMs);
  look();
  if (signal?.aborted) onAbort();
  return promise.finally(() => {
    for (const stop of stops) stop();
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  });
}
