import { randomUUID } from 'node:crypto';
import { parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import { findPort, type Port } from '../../northbound/ports.ts';
import { trunkOn, trunkPairs } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import { parseSubPorts, trunkAttributes } from './attributes.ts';
import { checkSubPorts, nestSubPorts } from './subports.ts';

/** Creates trunks, all or none. Answers their ids in the order of the bodies. */
export async function createTrunks(
  backend: Backend,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) => {
    const { sub_ports, ...values } = parseCreate('trunk', trunkAttributes, body, caller);
    return { values, subPorts: parseSubPorts(sub_ports) };
  });
  return backend.nb.change((tx) => {
    requireQuota(
      backend,
      'trunk',
      wanted.map(({ values }) => values.project_id),
    );
    const parents = new Set<string>();
    return wanted.map(({ values, subPorts }) => {
      const parent = freeParent(backend, caller, values.port_id);
      if (parents.has(parent.id)) throw neutronError('ParentPortInUse', parent.id);
      parents.add(parent.id);
      const trunk = { ...values, ...standardNow(1), id: randomUUID() };
      const ports = checkSubPorts(backend, caller, trunk, subPorts);
      tx.mutate('Logical_Switch_Port', parent.row, { insert: { external_ids: trunkPairs(trunk) } });
      nestSubPorts(backend, tx, trunk, ports, subPorts);
      return trunk.id;
    });
  });
}

function freeParent(backend: Backend, caller: Caller, id: string): Port {
  const port = findPort(backend.nb, id);
  if (!port || !owns(caller, port)) throw neutronError('PortNotFound', id);
  if (port.trunk_id !== null) throw neutronError('TrunkPortInUse', id);
  if (trunkOn(backend.nb, id) || port.parent_name !== undefined) throw neutronError('ParentPortInUse', id);
  return port;
}
