import { pick } from '../model.ts';
import { hasSucceeded, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/**
 * Starts a stopped container. A `--net=none` container has its NIC already, and Docker calls no driver for
 * it.
 */
export function startContainer(index: number) {
  return step({
    name: `start(${index})`,
    isPossible: (model) => pick(model, index, ({ isRunning }) => !isRunning) !== undefined,
    async act(model, world) {
      const container = pick(model, index, ({ isRunning }) => !isRunning);
      if (!container) return;
      const { name, kind, networks } = container;
      const isRequired = kind === 'none' || (await mustSucceed(model, world, [...networks]));
      const result = await world.perform(model, ['docker', 'start', name]);
      if (!hasSucceeded(result, isRequired)) return;
      container.isRunning = true;
      model.unchecked.add(name);
    },
  });
}
