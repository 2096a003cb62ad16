import { pick } from '../model.ts';
import { isDone, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/** A stopped container starts again. One with `--net=none` has kept its NIC, and Docker asks nobody. */
export function startContainer(index: number) {
  return step({
    name: `start(${index})`,
    isPossible: (model) => pick(model, index, ({ isRunning }) => !isRunning) !== undefined,
    async act(model, world) {
      const container = pick(model, index, ({ isRunning }) => !isRunning);
      if (!container) return;
      const { name, kind, networks } = container;
      const must = kind === 'none' || (await mustSucceed(model, world, [...networks]));
      const result = await world.perform(model, ['docker', 'start', name]);
      if (!isDone(result, must)) return;
      container.isRunning = true;
      model.unseen.add(name);
    },
  });
}
