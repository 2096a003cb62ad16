import { addSubport } from './add-subport.ts';
import { chooseVlan } from './choose-vlan.ts';
import { createPort } from './create-port.ts';
import { enterContainer } from './enter-container.ts';
import { makeVeth } from './make-veth.ts';
import { plugPort } from './plug-port.ts';
import type { Stage } from './stage.ts';

/**
 * THE list: attach goes down it, detach and rollback go up it, and log, timings and progress read the names from it.
 * The order makes crashes harmless (docs/decisions/design.md, decision 2): a VLAN is chosen first and therefore freed last, when
 * Neutron has confirmed that no port holds it any more.
 */
export const stages = [
  chooseVlan,
  createPort,
  addSubport,
  makeVeth,
  plugPort,
  enterContainer,
] as const satisfies readonly Stage[];

export type StageName = (typeof stages)[number]['name'];
