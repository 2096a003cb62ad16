import { IMAGE, STAY } from '../../../support/vm.ts';
import type { ContainerKind, NetworkName } from '../model.ts';
import { hasSucceeded, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/** The maximum number of containers at a time. */
const MOST = 5;
const names = Array.from({ length: MOST }, (_, index) => `model-c${index + 1}`);

const commands = {
  driver: (network) => ['docker', 'run', '--network', network],
  none: (network) => ['ovn-docker', `--network=${network}`, 'run', '--net=none'],
} as const satisfies Record<ContainerKind, (network: NetworkName) => string[]>;

/** Runs some containers at once. Each one exists afterwards, or no trace of it does. */
export function runContainers(requested: readonly (readonly [ContainerKind, NetworkName])[]) {
  return step({
    name: `run(${requested.map(([kind, network]) => `${kind} on ${network}`).join(', ')})`,
    isPossible: ({ containers }) => containers.size + requested.length <= MOST,
    async act(model, world) {
      const free = names.filter((name) => !model.containers.has(name));
      const containers = requested.map(([kind, network], index) => ({
        kind,
        network,
        name: free[index] ?? '',
      }));
      const isRequired = await mustSucceed(
        model,
        world,
        containers.map(({ network }) => network),
      );
      const results = await world.performAll(
        model,
        containers.map(({ kind, network, name }) => [
          ...commands[kind](network),
          ...['--detach', '--name', name, IMAGE, ...STAY],
        ]),
      );
      for (const [index, { kind, network, name }] of containers.entries()) {
        const result = results[index];
        if (result && hasSucceeded(result, isRequired)) {
          model.containers.set(name, { name, kind, isRunning: true, networks: new Set([network]) });
          model.unchecked.add(name);
        } else {
          // Docker keeps a container that it could not start.
          await world.perform(model, ['docker', 'rm', '--force', name]);
        }
      }
    },
  });
}
