import { step } from '../step.ts';

/** kill -9 of the agent while it has nothing to do but what goes on in the background. */
export function crashAgent() {
  return step({
    name: 'crash',
    isPossible: ({ agent }) => agent !== 'dead',
    act: (model, world) => world.killAgent(model),
  });
}
