import type { Trunk as WireTrunk } from '@ovn-docker/openstack';
import { resource } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findTrunk, listTrunks, type Trunk } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { deleteTrunk, updateTrunk, writeTrunk } from './change.ts';
import { createTrunks } from './create.ts';

/**
 * A trunk as Neutron answers it, in its order. The status is always ACTIVE: what OVN needs of a trunk is in the
 * database when the answer is sent, there is nothing left to be done later.
 */
export function renderTrunk(_backend: Backend, _caller: Caller, trunk: Trunk): WireTrunk {
  return {
    admin_state_up: trunk.admin_state_up,
    id: trunk.id,
    project_id: trunk.project_id,
    name: trunk.name,
    port_id: trunk.port_id,
    status: 'ACTIVE',
    sub_ports: trunk.sub_ports,
    revision_number: trunk.revision_number,
    description: trunk.description,
    created_at: trunk.created_at,
    updated_at: trunk.updated_at,
    tenant_id: trunk.project_id,
    tags: trunk.tags,
  };
}

export const trunks = resource<Trunk>({
  singular: 'trunk',
  plural: 'trunks',
  path: 'trunks',
  filters: [
    'id',
    'name',
    'tenant_id',
    'project_id',
    'port_id',
    'status',
    'admin_state_up',
    'description',
    'revision_number',
  ],
  notFound: (id) => neutronError('TrunkNotFound', id),
  list: ({ nb }) => listTrunks(nb),
  find: ({ nb }, id) => findTrunk(nb, id),
  isVisible: (_backend, caller, trunk) => owns(caller, trunk),
  render: renderTrunk,
  create: createTrunks,
  update: updateTrunk,
  delete: deleteTrunk,
  retag: (backend, tx, trunk, tags) => writeTrunk(backend, tx, trunk, { ...trunk, tags, ...touched(trunk) }),
});
