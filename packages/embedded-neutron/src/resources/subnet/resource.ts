import type { Subnet as WireSubnet } from '@ovn-docker/openstack';
import { canonical, prefixText } from '../../addresses/addresses.ts';
import { by } from '../../api/filter-index.ts';
import { equals, type Filter, isAbsent, isBool, isInteger, isText } from '../../api/filters.ts';
import { defineResource } from '../../api/resource.ts';
import { bool } from '../../attributes/validators.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork } from '../../northbound/networks.ts';
import {
  findSubnet,
  type Subnet,
  subnetRows,
  subnetsById,
  subnetsByNetwork,
  subnetsByProject,
} from '../../northbound/subnets.ts';
import { type Caller, isAdmin } from '../../policy/caller.ts';
import { requireNetwork, seesSubnet } from '../../policy/visibility.ts';
import { cidr, subnetSchema } from './attributes.ts';
import { deleteSubnet, updateSubnet, writeSubnet } from './change.ts';
import { insertSubnets, parseSubnet } from './create.ts';

/** A subnet as Neutron returns it, with the attributes in Neutron's order. */
function render(_backend: Backend, caller: Caller, subnet: Subnet): WireSubnet {
  return {
    id: subnet.id,
    name: subnet.name,
    tenant_id: subnet.project_id,
    network_id: subnet.network_id,
    ip_version: subnet.ip_version,
    subnetpool_id: null,
    enable_dhcp: subnet.enable_dhcp,
    ipv6_ra_mode: subnet.ipv6_ra_mode,
    ipv6_address_mode: subnet.ipv6_address_mode,
    gateway_ip: subnet.gateway_ip,
    cidr: subnet.cidr,
    allocation_pools: subnet.allocation_pools,
    host_routes: subnet.host_routes,
    dns_nameservers: subnet.dns_nameservers,
    description: subnet.description,
    service_types: [],
    ...(isAdmin(caller) && { segment_id: null }),
    tags: subnet.tags,
    created_at: subnet.created_at,
    updated_at: subnet.updated_at,
    revision_number: subnet.revision_number,
    project_id: subnet.project_id,
  };
}

/** A subnet is shared if its network is. No answer contains this attribute. */
const isShared: Filter = (values, _name, { nb }) => {
  const wanted = new Set(values.map(bool));
  return (item) => wanted.has(findNetwork(nb, String(item['network_id']))?.shared ?? false);
};

/** Subnets. */
export const subnets = defineResource({
  plural: 'subnets',
  path: 'subnets',
  quota: 500,
  rows: subnetRows,
  byId: subnetsById,
  byProject: subnetsByProject,
  indexes: { network_id: by(subnetsByNetwork) },
  filters: {
    name: isText,
    network_id: isText,
    ip_version: isInteger,
    subnetpool_id: isText,
    segment_id: isAbsent,
    enable_dhcp: isBool,
    gateway_ip: equals((value) => canonical(String(value))),
    cidr: equals((value) => prefixText(cidr(value).prefix)),
    ipv6_ra_mode: isText,
    ipv6_address_mode: isText,
    shared: isShared,
  },
  sortKeys: [
    'name',
    'network_id',
    'ip_version',
    'subnetpool_id',
    'enable_dhcp',
    'gateway_ip',
    'cidr',
    'ipv6_ra_mode',
    'ipv6_address_mode',
  ],
  extensions: [],
  ...subnetSchema,
  notFound: (id) => neutronError('SubnetNotFound', id),
  find: ({ nb }, id) => findSubnet(nb, id),
  isVisible: ({ nb }, caller, subnet) => seesSubnet(caller, subnet, findNetwork(nb, subnet.network_id)),
  render,
  parse: parseSubnet,
  requireNetwork,
  insert: insertSubnets,
  update: updateSubnet,
  delete: deleteSubnet,
  retag: (backend, tx, subnet, tags) => {
    const network = findNetwork(backend.nb, subnet.network_id);
    if (network) writeSubnet(backend, tx, { ...subnet, tags, ...touched(subnet) }, network);
  },
});
