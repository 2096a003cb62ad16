import { parseUpdate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
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
export function ownTrunk(backend: Backend, caller: Caller, id: string): Trunk {
  const trunk = findTrunk(backend.nb, id);
  if (!trunk || !owns(caller, trunk)) throw neutronError('TrunkNotFound', id);
  return trunk;
}

/** Writes a trunk's record, or with undefined removes it. Part of a plan. */
export function writeTrunk(
  backend: Backend,
  tx: NbTransaction,
  trunk: Trunk,
  record: Trunk | undefined,
): void {
  const parent = parentOf(backend.nb, trunk);
  if (!parent) throw neutronError('TrunkNotFound', trunk.id);
  tx.mutate('Logical_Switch_Port', parent.row, {
    delete: { external_ids: trunkKeys },
    insert: { external_ids: record ? trunkPairs(record) : {} },
  });
}

/** Changes name, description or administrative state. */
export function updateTrunk(
  backend: Backend,
  caller: Caller,
  id: string,
  body: Readonly<Record<string, unknown>>,
  revision?: number,
): Promise<void> {
  const changes = parseUpdate('trunk', trunkAttributes, body, caller);
  return backend.nb.change((tx) => {
    const trunk = ownTrunk(backend, caller, id);
    requireRevision(revision, trunk);
    writeTrunk(backend, tx, trunk, { ...trunk, ...changes, ...touched(trunk) } as Trunk);
  });
}

/** Deletes a trunk; its subports become plain ports. */
export function deleteTrunk(backend: Backend, caller: Caller, id: string, revision?: number): Promise<void> {
  return backend.nb.change((tx) => {
    const trunk = ownTrunk(backend, caller, id);
    requireRevision(revision, trunk);
    requireEnabled(trunk);
    releaseSubPorts(
      backend,
      tx,
      trunk.sub_ports.flatMap(({ port_id }) => findPort(backend.nb, port_id) ?? []),
    );
    writeTrunk(backend, tx, trunk, undefined);
  });
}

/** Adds subports, all or none. */
export async function addSubPorts(
  backend: Backend,
  caller: Caller,
  id: string,
  given: unknown,
): Promise<void> {
  // The trunk is looked for first: whoever may not see it learns nothing from the checks.
  ownTrunk(backend, caller, id);
  const subPorts = parseSubPorts(given);
  return backend.nb.change((tx) => {
    const trunk = ownTrunk(backend, caller, id);
    const ports = checkSubPorts(backend, caller, trunk, subPorts);
    requireEnabled(trunk);
    nestSubPorts(backend, tx, trunk, ports, subPorts);
    writeTrunk(backend, tx, trunk, { ...trunk, ...touched(trunk) });
  });
}

/** Takes subports out, all or none. @throws NeutronError SubPortNotFound */
export async function removeSubPorts(
  backend: Backend,
  caller: Caller,
  id: string,
  given: unknown,
): Promise<void> {
  ownTrunk(backend, caller, id);
  const ids = parseSubPortRefs(given);
  return backend.nb.change((tx) => {
    const trunk = ownTrunk(backend, caller, id);
    requireEnabled(trunk);
    const ports = [...new Set(ids)].map((portId) => {
      const port = findPort(backend.nb, portId);
      if (port?.trunk_id !== id) throw neutronError('SubPortNotFound', portId, id);
      return port;
    });
    releaseSubPorts(backend, tx, ports);
    writeTrunk(backend, tx, trunk, { ...trunk, ...touched(trunk) });
  });
}

function requireEnabled(trunk: Trunk): void {
  if (!trunk.admin_state_up) throw neutronError('TrunkDisabled', trunk.id);
}
