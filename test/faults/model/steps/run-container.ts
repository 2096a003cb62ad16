import { IMAGE, STAY } from '../../../support/vm.ts';
import type { ContainerKind, NetworkName } from '../model.ts';
import { isDone, mustSucceed } from '../promise.ts';
import { step } from '../step.ts';

/** As many as there may be at a time. */
const MOST = 4;
const names = Array.from({ length: MOST }, (_, index) => `model-c${index + 1}`);

/** A container is there afterwards, or nothing of it. */
export function runContainer(kind: ContainerKind, network: NetworkName) {
  const command =
    kind === 'driver'
      ? ['docker', 'run', '--network', network]
      : ['ovn-docker', `--network=${network}`, 'run', '--net=none'];
  return step({
    name: `run(${kind}, ${network})`,
    isPossible: ({ containers }) => containers.size < MOST,
    async act(model, world) {
      const name = names.find((one) => !model.containers.has(one)) ?? '';
      const must = await mustSucceed(model, world, [network]);
      const result = await world.perform(model, [...command, '--detach', '--name', name, IMAGE, ...STAY]);
      if (isDone(result, must)) {
        model.containers.set(name, { name, kind, isRunning: true, networks: new Set([network]) });
        model.unseen.add(name);
      } else {
        // Docker keeps what it could not start.
        await world.perform(model, ['docker', 'rm', '--force', name]);
      }
    },
  });
}
