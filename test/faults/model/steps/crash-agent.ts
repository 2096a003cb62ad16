import { step } from '../step.ts';

/** Kills the agent with SIGKILL while no command runs; it may be doing background work. */
export function crashAgent() {
  return step({
    name: 'crash',
    isPossible: ({ agent }) => agent !== 'dead',
    act: (model, world) => world.killAgent(model),
  });
}
