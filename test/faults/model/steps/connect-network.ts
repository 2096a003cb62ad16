import { type ModelContainer, type NetworkName, pick } from '../model.ts';
import { hasSucceeded, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/**
 * Connects a running container of the driver to one more network; after a failure the container is unchanged.
 */
export function connectNetwork(index: number, network: NetworkName) {
  const isFit = ({ kind, isRunning, networks }: ModelContainer) =>
    kind === 'driver' && isRunning && !networks.has(network);
  return step({
    name: `connect(${index}, ${network})`,
    isPossible: (model) => pick(model, index, isFit) !== undefined,
    async act(model, world) {
      const container = pick(model, index, isFit);
      if (!container) return;
      const isRequired = await mustSucceed(model, world, [network]);
      const command = ['docker', 'network', 'connect', network, container.name];
      if (hasSucceeded(await world.perform(model, command), isRequired)) container.networks.add(network);
      model.unchecked.add(container.name);
    },
  });
}
