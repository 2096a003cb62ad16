import { step } from '../step.ts';

/** Some containers go at once, the first ones from the `index`-th on, whatever is away. */
export function removeContainers(index: number, count: number) {
  return step({
    name: `rm(${index}, ${count})`,
    isPossible: ({ containers }) => containers.size > 0,
    async act(model, world) {
      const names = [...model.containers.keys()];
      const going = names.slice(index % names.length).slice(0, count);
      const results = await world.performAll(
        model,
        going.map((name) => ['docker', 'rm', '--force', name]),
      );
      for (const { code, stderr } of results) if (code !== 0) throw new Error(`docker rm: ${stderr}`);
      for (const name of going) {
        model.containers.delete(name);
        model.unseen.delete(name);
      }
    },
  });
}
