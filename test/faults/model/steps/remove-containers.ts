import { step } from '../step.ts';

/**
 * Removes up to `count` containers at once, from the `index`-th on, which must succeed even during an outage.
 */
export function removeContainers(index: number, count: number) {
  return step({
    name: `rm(${index}, ${count})`,
    isPossible: ({ containers }) => containers.size > 0,
    async act(model, world) {
      const names = [...model.containers.keys()];
      const removed = names.slice(index % names.length).slice(0, count);
      const results = await world.performAll(
        model,
        removed.map((name) => ['docker', 'rm', '--force', name]),
      );
      for (const { code, stderr } of results) if (code !== 0) throw new Error(`docker rm: ${stderr}`);
      for (const name of removed) {
        model.containers.delete(name);
        model.unchecked.delete(name);
      }
    },
  });
}
