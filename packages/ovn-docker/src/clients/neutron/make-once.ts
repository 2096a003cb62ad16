import { setTimeout as delay } from 'node:timers/promises';
import { mayHaveTakenEffect, OpenStackError } from '@ovn-docker/openstack';
import { isGivenUp } from './refusals.ts';

/**
 * The time that Neutron needs for one port of a bulk request, in milliseconds (measured with ML2/OVN: 273).
 */
export const PER_PORT_MS = 300;
const LONGEST_PAUSE_MS = 5000;

/**
 * Pauses in milliseconds before the search for the resource, because Neutron may still be working on a
 * request whose answer was lost. Each pause allows one repetition of the request.
 */
const PAUSES_MS = [300, 900] as const;

/** After this time in milliseconds the request is not repeated any more. */
const BUDGET_MS = 5000;

/**
 * Creates a resource in Neutron exactly once, although answers may be lost. If it is uncertain whether
 * Neutron carried out the request (no answer, a proxy's 502, Neutron's 500), searches for the resource and
 * repeats the request only if the search finds nothing. After a timeout Neutron is most likely still working
 * on the request: then the search goes on for `lateMs`, and the request is never repeated.
 * @param send sends the request; throws errors of the OpenStack client
 * @param find searches for the resource; undefined when Neutron has not created it
 * @param lateMs how long to search after a timeout, in milliseconds
 */
export async function makeOnce<T>(
  send: () => Promise<T>,
  find: () => Promise<T | undefined>,
  lateMs: number = BUDGET_MS,
): Promise<T> {
  const end = performance.now() + BUDGET_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!mayHaveTakenEffect(error)) throw error;
      const retryAfter = error instanceof OpenStackError ? (error.retryAfterMs ?? 0) : 0;
      const pause = PAUSES_MS[attempt];
      const isLast =
        pause === undefined || isGivenUp(error) || retryAfter >= BUDGET_MS || performance.now() > end;
      if (!isLast) await delay(Math.max(pause, retryAfter));
      const made = await findLate(find, isGivenUp(error) ? lateMs : 0);
      if (made !== undefined) return made;
      if (isLast) throw error;
    }
  }
}

/**
 * Searches for a resource that Neutron may still be creating: at least once, and repeatedly for `forMs`
 * milliseconds.
 */
export async function findLate<T>(find: () => Promise<T | undefined>, forMs: number): Promise<T | undefined> {
  const end = performance.now() + forMs;
  for (let pause = PER_PORT_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const found = await find();
    if (found !== undefined || performance.now() >= end) return found;
    await delay(pause);
  }
}
