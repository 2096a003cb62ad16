import { randomUUID } from 'node:crypto';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort, isBound, type Port } from '../../northbound/ports.ts';
import { type SubPort, trunkOn, trunkPairs } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { segmented, type trunkAttributes, trunkSchema } from './attributes.ts';
import { checkSubPorts, nestSubPorts } from './subports.ts';

type Values = Omit<CreateValues<typeof trunkAttributes>, 'sub_ports'> & { readonly subPorts: SubPort[] };

/** Reads a trunk from a request. @throws NeutronError InvalidInput, and those of {@link parseCreate} */
export function parseTrunk(body: Body, caller: Caller): Values {
  const { sub_ports, ...values } = parseCreate(trunkSchema, body, caller);
  return { ...values, subPorts: segmented(sub_ports) };
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
  for (const { subPorts, ...values } of requested) {
    const parent = freeParent(backend, caller, values.port_id);
    if (parents.has(parent.id)) throw neutronError('ParentPortInUse', parent.id);
    parents.add(parent.id);
    const trunk = { ...values, ...standardNow(1), id: randomUUID() };
    const ports = yield* checkSubPorts(backend, tx, caller, trunk, subPorts);
    tx.mutate('Logical_Switch_Port', parent.row, { insert: { external_ids: trunkPairs(trunk) } });
    yield* nestSubPorts(backend, tx, trunk, ports, subPorts);
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
