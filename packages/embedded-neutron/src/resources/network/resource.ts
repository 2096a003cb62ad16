import type { Network as WireNetwork } from '@ovn-docker/openstack';
import { by } from '../../api/filter-index.ts';
import { isBool, isInteger, isText, isWord } from '../../api/filters.ts';
import { defineResource } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import {
  findNetwork,
  type Network,
  networkRows,
  networksById,
  networksByName,
  networksByProject,
} from '../../northbound/networks.ts';
import { subnetsOf } from '../../northbound/subnets.ts';
import { type Caller, isAdmin } from '../../policy/caller.ts';
import { seesNetwork } from '../../policy/visibility.ts';
import { networkSchema } from './attributes.ts';
import { deleteNetwork, updateNetwork, writeNetwork } from './change.ts';
import { insertNetworks, parseNetwork } from './create.ts';

/** A network as Neutron returns it, with the attributes in Neutron's order. */
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

/** Networks. */
export const networks = defineResource({
  plural: 'networks',
  path: 'networks',
  quota: 500,
  rows: networkRows,
  byId: networksById,
  byProject: networksByProject,
  indexes: { name: by(networksByName) },
  filters: {
    name: isText,
    admin_state_up: isBool,
    mtu: isInteger,
    status: isWord,
    shared: isBool,
    'router:external': isBool,
    is_default: isBool,
    'provider:network_type': isText,
    'provider:physical_network': isText,
    'provider:segmentation_id': isInteger,
  },
  sortKeys: ['name', 'admin_state_up', 'mtu', 'status'],
  extensions: [
    {
      alias: 'external-net',
      name: 'Neutron external network',
      description: 'Adds external network attribute to network resource.',
      updated: '2013-01-14T10:00:00-00:00',
    },
    {
      alias: 'net-mtu',
      name: 'Network MTU',
      description: 'Provides MTU attribute for a network resource.',
      updated: '2015-03-25T10:00:00-00:00',
    },
    {
      alias: 'net-mtu-writable',
      name: 'Network MTU (writable)',
      description: 'Provides a writable MTU attribute for a network resource.',
      updated: '2017-07-12T00:00:00-00:00',
    },
    {
      alias: 'provider',
      name: 'Provider Network',
      description: 'Expose mapping of virtual networks to physical networks',
      updated: '2012-09-07T10:00:00-00:00',
    },
  ],
  ...networkSchema,
  notFound: (id) => neutronError('NetworkNotFound', id),
  find: ({ nb }, id) => findNetwork(nb, id),
  isVisible: (_backend, caller, network) => seesNetwork(caller, network),
  render,
  parse: parseNetwork,
  insert: insertNetworks,
  update: updateNetwork,
  delete: deleteNetwork,
  retag: (_backend, tx, network, tags) => writeNetwork(tx, { ...network, tags, ...touched(network) }),
});
