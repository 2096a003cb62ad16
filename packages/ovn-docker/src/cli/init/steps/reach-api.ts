import { OvnDockerError } from '../../../errors.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Step } from '../step.ts';

/** Longest time until the API is reachable again, in ms. */
const PATIENCE_MS = 30_000;

/** Checks that the API is reachable through the bridge. */
export const reachApi: Step<null> = {
  name: 'API',
  describe: ({ apis }) => [`check that ${apis.join(' and ')} can be reached; otherwise undo everything`],
  isDone: async () => false,
  remember: async () => null,
  async do(machine, { apis }) {
    for (const url of apis) await untilReachable(machine, url);
    return [`${apis.join(' and ')} can be reached`];
  },
  undo: async () => undefined,
};

/** @throws OvnDockerError `E_NETWORK_CHANGE` */
export async function untilReachable(machine: Machine, url: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await machine.reach(url);
      return;
    } catch (error) {
      if (performance.now() < end) {
        await machine.pause();
        continue;
      }
      const message = `${url} cannot be reached: ${(error as Error).message}`;
      throw new OvnDockerError('E_NETWORK_CHANGE', message, { cause: error });
    }
  }
}
