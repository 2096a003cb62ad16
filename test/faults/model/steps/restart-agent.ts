import { step } from '../step.ts';

/** Starts another agent, whether the former one is dead or running. */
export function restartAgent() {
  return step({
    name: 'restart',
    isPossible: () => true,
    act: (model, world) => world.startAgent(model),
  });
}
