import { setTimeout as delay } from 'node:timers/promises';

/** What Neutron needs for one port of a bulk request, in milliseconds (measured with ML2/OVN: 273). */
export const PER_PORT_MS = 300;
const LONGEST_PAUSE_MS = 5000;

/** Looks for what Neutron may be making still: once, and then again until it is there or `forMs` milliseconds are over. */
export async function findLate<T>(find: () => Promise<T | undefined>, forMs: number): Promise<T | undefined> {
  const end = performance.now() + forMs;
  for (let pause = PER_PORT_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const found = await find();
    if (found !== undefined || performance.now() >= end) return found;
    await delay(pause);
  }
}
