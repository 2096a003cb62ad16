import { step } from '../step.ts';

/** Keystone and Neutron are back. */
export function endOutage() {
  return step({
    name: 'outageEnds',
    isPossible: ({ outage }) => outage !== undefined,
    act: (model, world) => world.endOutage(model),
  });
}
