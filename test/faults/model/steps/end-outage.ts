import { step } from '../step.ts';

/** Keystone and Neutron are up again for the agent. */
export function endOutage() {
  return step({
    name: 'endOutage',
    isPossible: ({ outage }) => outage !== undefined,
    act: (model, world) => world.endOutage(model),
  });
}
