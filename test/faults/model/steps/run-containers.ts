import { IMAGE, STAY } from '../../../support/vm.ts';
import type { ContainerKind, NetworkName } from '../model.ts';
import { isDone, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/** As many as there may be at a time. */
const MOST = 5;
const names = Array.from({ length: MOST }, (_, index) => `model-c${index + 1}`);

const commands = {
  driver: (network) => ['docker', 'run', '--network', network],
  none: (network) => ['ovn-docker', `--network=${network}`, 'run', '--net=none'],
} as const satisfies Record<ContainerKind, (network: NetworkName) => string[]>;

/** Some containers at once. Each is there afterwards, or nothing of it. */
export function runContainers(wanted: readonly (readonly [ContainerKind, NetworkName])[]) {
  return step({
    name: `run(${wanted.map(([kind, network]) => `${kind} on ${network}`).join(', ')})`,
    isPossible: ({ containers }) => containers.size + wanted.length <= MOST,
    async act(model, world) {
      const free = names.filter((name) => !model.containers.has(name));
      const ours = wanted.map(([kind, network], index) => ({ kind, network, name: free[index] ?? '' }));
      const must = await mustSucceed(
        model,
        world,
        ours.map(({ network }) => network),
      );
      const results = await world.performAll(
        model,
        ours.map(({ kind, network, name }) => [
          ...commands[kind](network),
          ...['--detach', '--name', name, IMAGE, ...STAY],
        ]),
      );
      for (const [index, { kind, network, name }] of ours.entries()) {
        const result = results[index];
        if (result && isDone(result, must)) {
          model.containers.set(name, { name, kind, isRunning: true, networks: new Set([network]) });
          model.unseen.add(name);
        } else {
          // Docker keeps what it could not start.
          await world.perform(model, ['docker', 'rm', '--force', name]);
        }
      }
    },
  });
}
