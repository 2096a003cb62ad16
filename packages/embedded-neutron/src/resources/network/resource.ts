import type { Network as WireNetwork } from '@ovn-docker/openstack';
import { resource } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork, listNetworks, type Network } from '../../northbound/networks.ts';
import { subnetsOf } from '../../northbound/subnets.ts';
import { type Caller, isAdmin } from '../../policy/caller.ts';
import { seesNetwork } from '../../policy/visibility.ts';
import { deleteNetwork, updateNetwork, writeNetwork } from './change.ts';
import { createNetworks } from './create.ts';

/** A network as Neutron answers it, in its order. */
function render({ nb }: Backend, caller: Caller, network: Network): WireNetwork {
  return {
    id: network.id,
    name: network.name,
    tenant_id: network.project_id,
    admin_state_up: network.admin_state_up,
    mtu: network.mtu,
    status: 'ACTIVE',
    subnets: subnetsOf(nb, network.id).map(({ id }) => id),
    shared: network.shared,
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'router:external': network['router:external'],
    ...(isAdmin(caller) && {
      'provider:network_type': network['provider:network_type'],
      'provider:physical_network': network['provider:physical_network'],
      'provider:segmentation_id': network['provider:segmentation_id'],
    }),
    vlan_transparent: false,
    description: network.description,
    port_security_enabled: network.port_security_enabled,
    dns_domain: network.dns_domain,
    qos_policy_id: null,
    l2_adjacency: true,
    is_default: network.is_default,
    tags: network.tags,
    created_at: network.created_at,
    updated_at: network.updated_at,
    revision_number: network.revision_number,
    project_id: network.project_id,
  };
}

export const networks = resource<Network>({
  singular: 'network',
  plural: 'networks',
  path: 'networks',
  filters: [
    'id',
    'name',
    'tenant_id',
    'project_id',
    'admin_state_up',
    'mtu',
    'status',
    'shared',
    'router:external',
    'is_default',
    'description',
    'port_security_enabled',
    'dns_domain',
    'revision_number',
    'provider:network_type',
    'provider:physical_network',
    'provider:segmentation_id',
    'vlan_transparent',
  ],
  notFound: (id) => neutronError('NetworkNotFound', id),
  list: ({ nb }) => listNetworks(nb),
  find: ({ nb }, id) => findNetwork(nb, id),
  isVisible: (_backend, caller, network) => seesNetwork(caller, network),
  render,
  create: createNetworks,
  update: updateNetwork,
  delete: deleteNetwork,
  retag: (_backend, tx, network, tags) => writeNetwork(tx, { ...network, tags, ...touched(network) }),
});
