import { pick } from '../model.ts';
import { step } from '../step.ts';

/** A container goes, whatever is away. */
export function removeContainer(index: number) {
  return step({
    name: `rm(${index})`,
    isPossible: ({ containers }) => containers.size > 0,
    async act(model, world) {
      const container = pick(model, index, () => true);
      if (!container) return;
      const { code, stderr } = await world.perform(model, ['docker', 'rm', '--force', container.name]);
      if (code !== 0) throw new Error(`docker rm: ${stderr}`);
      model.containers.delete(container.name);
      model.unseen.delete(container.name);
    },
  });
}
