import { type ModelContainer, pick } from '../model.ts';
import { step } from '../step.ts';

/** Disconnects a running container of the driver from a network, which must succeed even during an outage. */
export function disconnectNetwork(index: number) {
  const isFit = ({ kind, isRunning, networks }: ModelContainer) =>
    kind === 'driver' && isRunning && networks.size > 0;
  return step({
    name: `disconnect(${index})`,
    isPossible: (model) => pick(model, index, isFit) !== undefined,
    async act(model, world) {
      const container = pick(model, index, isFit);
      const [network] = [...(container?.networks ?? [])].toSpliced(
        0,
        index % (container?.networks.size ?? 1),
      );
      if (!container || !network) return;
      const command = ['docker', 'network', 'disconnect', network, container.name];
      const { code, stderr } = await world.perform(model, command);
      if (code !== 0) throw new Error(`docker network disconnect: ${stderr}`);
      container.networks.delete(network);
      model.unchecked.add(container.name);
    },
  });
}
