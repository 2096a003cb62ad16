import type { Edit, ItemRequest } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort, isBound } from '../../northbound/ports.ts';
import { findTrunk, parentOf, type Trunk, trunkKeys, trunkPairs } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { parseSubPortRequests, type trunkAttributes } from './attributes.ts';
import { checkSubPorts, nestSubPorts, releaseSubPorts } from './subports.ts';

/** The trunk, if the caller owns it. @throws NeutronError TrunkNotFound */
export function ownTrunk({ nb }: Backend, caller: Caller, id: string): Trunk {
  const trunk = findTrunk(nb, id);
  if (!trunk || !owns(caller, trunk)) throw neutronError('TrunkNotFound', id);
  return trunk;
}

/** Writes a trunk's record, or deletes it if `record` is undefined. Part of a plan. */
export function writeTrunk(
  { nb }: Backend,
  tx: NbTransaction,
  trunk: Trunk,
  record: Trunk | undefined,
): void {
  const parent = parentOf(nb, trunk);
  if (!parent) throw neutronError('TrunkNotFound', trunk.id);
  tx.mutate('Logical_Switch_Port', parent.row, {
    delete: { external_ids: trunkKeys },
    insert: { external_ids: record ? trunkPairs(record) : {} },
  });
}

/** Plans a change of name, description or administrative state. */
export function updateTrunk(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision, changes }: Edit<typeof trunkAttributes>,
): void {
  const trunk = ownTrunk(backend, caller, id);
  requireRevision(revision, trunk);
  writeTrunk(backend, tx, trunk, { ...trunk, ...changes, ...touched(trunk) } as Trunk);
}

/** Plans the deletion of a trunk. Its subports become ordinary ports. */
export function* deleteTrunk(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision }: ItemRequest,
): Generator<void, void> {
  const trunk = ownTrunk(backend, caller, id);
  requireRevision(revision, trunk);
  requireEnabled(trunk);
  const parent = parentOf(backend.nb, trunk);
  if (!backend.settings.trunk_on_bound_port && parent && isBound(parent)) {
    throw neutronError('TrunkInUse', id);
  }
  const ports = trunk.sub_ports.flatMap(({ port_id }) => findPort(backend.nb, port_id) ?? []);
  yield* releaseSubPorts(backend, tx, ports);
  writeTrunk(backend, tx, trunk, undefined);
}

/** Changes of subports read the trunk, the ports and who has a VLAN under the parent: shared plans. */
const SHARED = { shared: true } as const;

/** Adds all subports or none. */
export async function addSubPorts(
  backend: Backend,
  caller: Caller,
  id: string,
  given: unknown,
): Promise<void> {
  // A caller who may not see the trunk must not learn anything from the checks below.
  ownTrunk(backend, caller, id);
  const requests = parseSubPortRequests(given);
  return backend.nb.change(function* (tx) {
    const trunk = ownTrunk(backend, caller, id);
    const subPorts = yield* checkSubPorts(backend, tx, caller, trunk, requests);
    requireEnabled(trunk);
    yield* nestSubPorts(backend, tx, trunk, subPorts);
    writeTrunk(backend, tx, trunk, { ...trunk, ...touched(trunk) });
  }, SHARED);
}

/** Removes all given subports from the trunk or none. @throws NeutronError SubPortNotFound */
export async function removeSubPorts(
  backend: Backend,
  caller: Caller,
  id: string,
  given: unknown,
): Promise<void> {
  ownTrunk(backend, caller, id);
  const ids = parseSubPortRequests(given).map(({ port_id }) => port_id);
  return backend.nb.change(function* (tx) {
    const trunk = ownTrunk(backend, caller, id);
    requireEnabled(trunk);
    const ports = ids.map((portId) => {
      const port = findPort(backend.nb, portId);
      if (port?.trunk_id !== id) throw neutronError('SubPortNotFound', portId, id);
      return port;
    });
    yield* releaseSubPorts(backend, tx, ports);
    writeTrunk(backend, tx, trunk, { ...trunk, ...touched(trunk) });
  }, SHARED);
}

function requireEnabled(trunk: Trunk): void {
  if (!trunk.admin_state_up) throw neutronError('TrunkDisabled', trunk.id);
}
