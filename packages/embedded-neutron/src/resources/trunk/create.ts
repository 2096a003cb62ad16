import { randomUUID } from 'node:crypto';
import { parseCreate } from '../../attributes/attributes.ts';
import type { Cloud } from '../../cloud.ts';
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
  cloud: Cloud,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) => {
    const { sub_ports, ...values } = parseCreate('trunk', trunkAttributes, body, caller);
    return { values, subPorts: parseSubPorts(sub_ports) };
  });
  return cloud.nb.change((tx) => {
    requireQuota(
      cloud,
      'trunk',
      wanted.map(({ values }) => values.project_id),
    );
    const parents = new Set<string>();
    return wanted.map(({ values, subPorts }) => {
      const parent = freeParent(cloud, caller, values.port_id);
      if (parents.has(parent.id)) throw neutronError('ParentPortInUse', parent.id);
      parents.add(parent.id);
      const trunk = { ...values, ...standardNow(1), id: randomUUID() };
      const ports = checkSubPorts(cloud, caller, trunk, subPorts);
      tx.mutate('Logical_Switch_Port', parent.row, { insert: { external_ids: trunkPairs(trunk) } });
      nestSubPorts(cloud, tx, trunk, ports, subPorts);
      return trunk.id;
    });
  });
}

function freeParent(cloud: Cloud, caller: Caller, id: string): Port {
  const port = findPort(cloud.nb, id);
  if (!port || !owns(caller, port)) throw neutronError('PortNotFound', id);
  if (port.trunk_id !== null) throw neutronError('TrunkPortInUse', id);
  if (trunkOn(cloud.nb, id) || port.parent_name !== undefined) throw neutronError('ParentPortInUse', id);
  return port;
}
