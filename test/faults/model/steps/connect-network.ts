import { type ModelContainer, type NetworkName, pick } from '../model.ts';
import { isDone, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/** A running container of the driver's comes to one more network, or it stays as it was. */
export function connectNetwork(index: number, network: NetworkName) {
  const isFit = ({ kind, isRunning, networks }: ModelContainer) =>
    kind === 'driver' && isRunning && !networks.has(network);
  return step({
    name: `connect(${index}, ${network})`,
    isPossible: (model) => pick(model, index, isFit) !== undefined,
    async act(model, world) {
      const container = pick(model, index, isFit);
      if (!container) return;
      const must = await mustSucceed(model, world, [network]);
      const command = ['docker', 'network', 'connect', network, container.name];
      if (isDone(await world.perform(model, command), must)) container.networks.add(network);
      model.unseen.add(container.name);
    },
  });
}
