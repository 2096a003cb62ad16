import { pick } from '../model.ts';
import { step } from '../step.ts';

/** Stops a container, which must succeed even during an outage. */
export function stopContainer(index: number) {
  return step({
    name: `stop(${index})`,
    isPossible: (model) => pick(model, index, ({ isRunning }) => isRunning) !== undefined,
    async act(model, world) {
      const container = pick(model, index, ({ isRunning }) => isRunning);
      if (!container) return;
      const { code, stderr } = await world.perform(model, ['docker', 'stop', container.name]);
      if (code !== 0) throw new Error(`docker stop: ${stderr}`);
      container.isRunning = false;
      model.unchecked.delete(container.name);
    },
  });
}
