import type { EventList } from '../connection/event-list.ts';
import { startTimer } from '../connection/timer.ts';
import { OvsdbClosedError, OvsdbTimeoutError } from '../errors.ts';
import type { UntilOptions } from './replica.ts';
import type { RowChange } from './updates.ts';

/**
 * Resolves with what `check` gives as soon as that is neither undefined nor false: looked at now and after each change.
 *
 * @throws OvsdbTimeoutError after `timeoutMs`, OvsdbClosedError, the signal's reason, whatever `check` throws
 */
export function until<R>(
  check: () => R | undefined | false,
  changes: EventList<[readonly RowChange[]]>,
  states: EventList<[]>,
  isClosed: () => boolean,
  { signal, timeoutMs }: UntilOptions,
): Promise<R> {
  const { promise, resolve, reject } = Promise.withResolvers<R>();
  const look = () => {
    try {
      const found = check();
      if (found !== undefined && found !== false) resolve(found);
      else if (isClosed()) reject(new OvsdbClosedError('the replica'));
    } catch (error) {
      reject(error);
    }
  };
  const onAbort = () => reject(signal?.reason);
  const stops = [changes.add(look), states.add(look)];
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
