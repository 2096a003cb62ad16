import type { Log } from '../observe/log.ts';

/** Awaits work that the agent repeats anyway: logs its error and never rejects. */
export async function tolerate(log: Log, work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => log.warn({ err: error }, 'could not tidy up; trying again later'));
}
