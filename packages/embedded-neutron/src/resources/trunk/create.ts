import { randomUUID } from 'node:crypto';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort, isBound, type Port } from '../../northbound/ports.ts';
import { trunkOn, trunkPairs } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { type trunkAttributes, trunkSchema } from './attributes.ts';
import { checkSubPorts, nestSubPorts } from './subports.ts';

type Values = CreateValues<typeof trunkAttributes>;

/** Reads a trunk from a request. @throws NeutronError as {@link parseCreate} */
export function parseTrunk(body: Body, caller: Caller): Values {
  return parseCreate(trunkSchema, body, caller);
}

/** Plans new trunks. */
export function* insertTrunks(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly Values[],
): Generator<void, readonly string[]> {
  const parents = new Set<string>();
  const ids: string[] = [];
  for (const { sub_ports, ...values } of requested) {
    const parent = freeParent(backend, caller, values.port_id);
    if (parents.has(parent.id)) throw neutronError('ParentPortInUse', parent.id);
    parents.add(parent.id);
    const trunk = { ...values, ...standardNow(1), id: randomUUID() };
    const subPorts = yield* checkSubPorts(backend, tx, caller, trunk, sub_ports);
    tx.mutate('Logical_Switch_Port', parent.row, { insert: { external_ids: trunkPairs(trunk) } });
    yield* nestSubPorts(backend, tx, trunk, subPorts);
    ids.push(trunk.id);
    yield;
  }
  return ids;
}

/**
 * The port, if the caller may make it a parent.
 *
 * @throws NeutronError PortNotFound, TrunkPortInUse, ParentPortInUse
 */
function freeParent({ nb, settings }: Backend, caller: Caller, id: string): Port {
  const port = findPort(nb, id);
  if (!port || !owns(caller, port)) throw neutronError('PortNotFound', id);
  if (port.trunk_id !== null) throw neutronError('TrunkPortInUse', id);
  if (trunkOn(nb, id) || port.parent_name !== undefined) throw neutronError('ParentPortInUse', id);
  if (!settings.trunk_on_bound_port && isBound(port)) throw neutronError('ParentPortInUse', id);
  return port;
}
