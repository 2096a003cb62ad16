import { setImmediate } from 'node:timers/promises';

/** Items per turn of the event loop: netlink work blocks it for about 1 ms each. */
const PER_TURN = 2;

/** Runs synchronous work on each item, and lets other work of the agent run in between. */
export async function forEachYielding<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % PER_TURN === 0) await setImmediate();
    work(item);
  }
}
