import { stages } from '../../../../packages/ovn-docker/src/attach/stages.ts';
import { step } from '../step.ts';

/** Every stage boundary, up and down, from the product's own list. */
export const crashPoints = stages.flatMap(({ name }) =>
  ['up:before', 'up:after', 'down:before', 'down:after'].map((boundary) => `${name}:${boundary}`),
);

/** Restarts the agent so that it kills itself when it next reaches the crash point. */
export function crashAgentAtStage(point: string) {
  return step({
    name: `crashAt(${point})`,
    isPossible: ({ agent, outage }) => agent === 'up' && outage === undefined,
    act: (model, world) => world.startAgent(model, point),
  });
}
