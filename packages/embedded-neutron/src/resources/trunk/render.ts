import type { Trunk as WireTrunk } from '@ovn-docker/openstack';
import type { Backend } from '../../backend.ts';
import type { Trunk } from '../../northbound/trunks.ts';
import type { Caller } from '../../policy/caller.ts';

/**
 * A trunk as Neutron returns it, with the attributes in Neutron's order. The status is always ACTIVE: when
 * the answer is sent, the database contains everything that OVN needs.
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
