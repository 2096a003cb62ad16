import type { Cloud } from '../clients/neutron/cloud.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { addSecurityGroups } from '../lifecycle/add-security-groups.ts';
import { finish } from '../lifecycle/finish.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { asCaller } from './as-caller.ts';
import { findTarget } from './find-target.ts';
import type { AttachRequest, NicView } from './types.ts';
import { viewNic } from './views.ts';

/**
 * Claims a NIC that is complete except for the stage "enter container". If the container never starts, the
 * reconciler finishes the NIC after the configured patience. A second call with the same id returns the same
 * NIC.
 */
export function prepareNic(engine: Engine, cloud: Cloud, request: AttachRequest): Promise<NicView> {
  // The first of two simultaneous calls makes the NIC; the second one waits for it.
  return engine.inTurn.run(`label ${request.id}`, () => prepareInTurn(engine, cloud, request));
}

async function prepareInTurn(engine: Engine, cloud: Cloud, request: AttachRequest): Promise<NicView> {
  await engine.vm();
  const { id, name, containerId } = request;
  const known = engine.nics.withLabel(id);
  if (known) return viewNic(known);
  const claim = { label: id, ...(containerId === undefined ? {} : { containerId }) };
  return asCaller(engine, cloud, request, async (neutron) => {
    const target = await findTarget(engine, neutron, request);
    const pool = engine.pools.of(target);
    // With a token, the port must belong to the token's project; a warm NIC's port belongs to the agent's.
    const caller = neutron === engine.neutron ? {} : { neutron };
    const extraGroups = await findSecurityGroups(neutron, request.extraSecurityGroups ?? []);
    const nic = await acquire(engine, { pool, id, wants: { name }, claim, ...caller });
    await addGroupsOrFinish(engine, nic, extraGroups);
    return viewNic(nic);
  });
}

/** Adds security groups before the container starts. If that fails, finishes the NIC. */
async function addGroupsOrFinish(engine: Engine, nic: Nic, groupIds: readonly string[]): Promise<void> {
  try {
    await engine.inTurn.run(nic.id, () => addSecurityGroups(engine, nic, groupIds));
  } catch (error) {
    await finish(engine, nic);
    throw error;
  }
}
