import { addSubport } from './add-subport.ts';
import { chooseVlan } from './choose-vlan.ts';
import { createPort } from './create-port.ts';
import { enterContainer } from './enter-container.ts';
import { guardPort } from './guard-port.ts';
import { makeVeth } from './make-veth.ts';
import { plugPort } from './plug-port.ts';
import type { Stage } from './stage.ts';

/**
 * THE list: attach runs it from the first stage to the last, detach and rollback from the last to the first;
 * the metrics, `ovn-docker events` and the crash tests take the names of the stages from it. The order makes
 * crashes harmless (docs/decisions/design.md, decision 2): the VLAN is chosen first and freed last, when
 * Neutron has confirmed that no port has it any more.
 */
export const stages = [
  chooseVlan,
  createPort,
  addSubport,
  makeVeth,
  plugPort,
  guardPort,
  enterContainer,
] as const satisfies readonly Stage[];

export type StageName = (typeof stages)[number]['name'];
