import { step } from '../step.ts';

/** Another agent comes, be the former one dead or not. */
export function restartAgent() {
  return step({
    name: 'restart',
    isPossible: () => true,
    act: (model, world) => world.startAgent(model),
  });
}
