import { setTimeout as delay } from 'node:timers/promises';
import { mayHaveTakenEffect, OpenStackError } from '@ovn-docker/openstack';
import { findLate } from './find-late.ts';
import { isGivenUp } from './refusals.ts';

/**
 * Pauses in milliseconds before it is looked for what was made: a request whose answer was lost may be under way still. There are as
 * many repetitions, and none after a timeout, when whoever waits has waited long enough.
 */
const PAUSES_MS = [300, 900] as const;
const BUDGET_MS = 5000;

/**
 * Sends what makes something in Neutron. When it is not known whether that was carried out (the answer was lost, a proxy said 502, Neutron
 * said 500), it is looked for what was made, and only when there is nothing, it is sent again. When somebody has given up waiting
 * for it, Neutron is most likely at work on it still: it is looked for until it comes, for a while, and never sent again.
 * @param send throws errors of the OpenStack client
 * @param find what was made, by its mark; undefined when nothing was
 * @param lateMs how long Neutron may need for it when somebody has given up waiting
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
      const asked = error instanceof OpenStackError ? (error.retryAfterMs ?? 0) : 0;
      const pause = PAUSES_MS[attempt];
      const isLast = pause === undefined || isGivenUp(error) || asked >= BUDGET_MS || performance.now() > end;
      if (!isLast) await delay(Math.max(pause, asked));
      const made = await findLate(find, isGivenUp(error) ? lateMs : 0);
      if (made !== undefined) return made;
      if (isLast) throw error;
    }
  }
}
