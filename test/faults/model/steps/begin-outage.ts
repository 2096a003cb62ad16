import type { OutageKind } from '../model.ts';
import { step } from '../step.ts';

/** Keystone and Neutron are down for the agent; other clients still reach them. */
export function beginOutage(kind: OutageKind) {
  return step({
    name: `outage(${kind})`,
    isPossible: ({ outage }) => outage === undefined,
    act: (model, world) => world.beginOutage(model, kind),
  });
}
