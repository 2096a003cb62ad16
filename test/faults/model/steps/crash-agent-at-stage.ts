import { stages } from '../../../../packages/ovn-docker/src/attach/stages.ts';
import { step } from '../step.ts';

/** Every border of a stage, up and down; the list is the product's own. */
export const crashPoints = stages.flatMap(({ name }) =>
  ['up:before', 'up:after', 'down:before', 'down:after'].map((border) => `${name}:${border}`),
);

/** From now on there is an agent that kills itself when it next comes to that point, whatever it does there. */
export function crashAgentAtStage(point: string) {
  return step({
    name: `crashAt(${point})`,
    isPossible: ({ agent, outage }) => agent === 'up' && outage === undefined,
    act: (model, world) => world.startAgent(model, point),
  });
}
