import { parseUpdate } from '../../attributes/attributes.ts';
import type { Cloud } from '../../cloud.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort } from '../../northbound/ports.ts';
import { findTrunk, parentOf, type Trunk, trunkKeys, trunkPairs } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { parseSubPortRefs, parseSubPorts, trunkAttributes } from './attributes.ts';
import { checkSubPorts, nestSubPorts, releaseSubPorts } from './subports.ts';

/** The trunk if it is this caller's. @throws NeutronError TrunkNotFound */
export function ownTrunk(cloud: Cloud, caller: Caller, id: string): Trunk {
  const trunk = findTrunk(cloud.nb, id);
  if (!trunk || !owns(caller, trunk)) throw neutronError('TrunkNotFound', id);
  return trunk;
}

/** Writes a trunk's record, or with undefined removes it. Part of a plan. */
export function writeTrunk(cloud: Cloud, tx: NbTransaction, trunk: Trunk, record: Trunk | undefined): void {
  const parent = parentOf(cloud.nb, trunk);
  if (!parent) throw neutronError('TrunkNotFound', trunk.id);
  tx.mutate('Logical_Switch_Port', parent.row, {
    delete: { external_ids: trunkKeys },
    insert: { external_ids: record ? trunkPairs(record) : {} },
  });
}

/** Changes name, description or administrative state. */
export function updateTrunk(
  cloud: Cloud,
  caller: Caller,
  id: string,
  body: Readonly<Record<string, unknown>>,
  revision?: number,
): Promise<void> {
  const changes = parseUpdate('trunk', trunkAttributes, body, caller);
  return cloud.nb.change((tx) => {
    const trunk = ownTrunk(cloud, caller, id);
    requireRevision(revision, trunk);
    writeTrunk(cloud, tx, trunk, { ...trunk, ...changes, ...touched(trunk) } as Trunk);
  });
}

/** Deletes a trunk; its subports become plain ports. */
export function deleteTrunk(cloud: Cloud, caller: Caller, id: string, revision?: number): Promise<void> {
  return cloud.nb.change((tx) => {
    const trunk = ownTrunk(cloud, caller, id);
    requireRevision(revision, trunk);
    requireEnabled(trunk);
    releaseSubPorts(
      cloud,
      tx,
      trunk.sub_ports.flatMap(({ port_id }) => findPort(cloud.nb, port_id) ?? []),
    );
    writeTrunk(cloud, tx, trunk, undefined);
  });
}

/** Adds subports, all or none. */
export async function addSubPorts(cloud: Cloud, caller: Caller, id: string, given: unknown): Promise<void> {
  // The trunk is looked for first: whoever may not see it learns nothing from the checks.
  ownTrunk(cloud, caller, id);
  const subPorts = parseSubPorts(given);
  return cloud.nb.change((tx) => {
    const trunk = ownTrunk(cloud, caller, id);
    const ports = checkSubPorts(cloud, caller, trunk, subPorts);
    requireEnabled(trunk);
    nestSubPorts(cloud, tx, trunk, ports, subPorts);
    writeTrunk(cloud, tx, trunk, { ...trunk, ...touched(trunk) });
  });
}

/** Takes subports out, all or none. @throws NeutronError SubPortNotFound */
export async function removeSubPorts(
  cloud: Cloud,
  caller: Caller,
  id: string,
  given: unknown,
): Promise<void> {
  ownTrunk(cloud, caller, id);
  const ids = parseSubPortRefs(given);
  return cloud.nb.change((tx) => {
    const trunk = ownTrunk(cloud, caller, id);
    requireEnabled(trunk);
    const ports = [...new Set(ids)].map((portId) => {
      const port = findPort(cloud.nb, portId);
      if (port?.trunk_id !== id) throw neutronError('SubPortNotFound', portId, id);
      return port;
    });
    releaseSubPorts(cloud, tx, ports);
    writeTrunk(cloud, tx, trunk, { ...trunk, ...touched(trunk) });
  });
}

function requireEnabled(trunk: Trunk): void {
  if (!trunk.admin_state_up) throw neutronError('TrunkDisabled', trunk.id);
}
