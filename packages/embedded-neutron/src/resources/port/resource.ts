import type { Port as WirePort } from '@ovn-docker/openstack';
import { resource } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork } from '../../northbound/networks.ts';
import { findPort, listPorts, type Port } from '../../northbound/ports.ts';
import { trunkOn } from '../../northbound/trunks.ts';
import { type Caller, isAdmin } from '../../policy/caller.ts';
import { seesInside } from '../../policy/visibility.ts';
import { deletePort, updatePort, writePort } from './change.ts';
import { createPorts } from './create.ts';

/** A port as Neutron answers it, in its order. Unlike stock Neutron, `binding:profile` is shown to tenants too. */
function render({ nb, settings }: Backend, caller: Caller, port: Port): WirePort {
  return {
    id: port.id,
    name: port.name,
    network_id: port.network_id,
    tenant_id: port.project_id,
    mac_address: port.mac_address,
    admin_state_up: port.admin_state_up,
    status: port.up ? 'ACTIVE' : 'DOWN',
    device_id: port.device_id,
    device_owner: port.device_owner,
    fixed_ips: port.fixed_ips,
    allowed_address_pairs: port.allowed_address_pairs,
    extra_dhcp_opts: [],
    security_groups: port.security_groups,
    description: port.description,
    'binding:vnic_type': port.vnic_type,
    'binding:profile': profile(port),
    ...(isAdmin(caller) && binding(port)),
    port_security_enabled: port.port_security_enabled,
    dns_name: port.dns_name,
    dns_assignment: port.fixed_ips.map(({ ip_address }) =>
      dnsAssignment(port, ip_address, settings.dns_domain),
    ),
    dns_domain: '',
    qos_policy_id: null,
    qos_network_policy_id: null,
    ...trunkDetails({ nb, settings }, port),
    ip_allocation: 'immediate',
    ...(isAdmin(caller) && { resource_request: null }),
    tags: port.tags,
    created_at: port.created_at,
    updated_at: port.updated_at,
    revision_number: port.revision_number,
    project_id: port.project_id,
  };
}

function profile(port: Port) {
  const { parent_name, tag } = port;
  return { ...(parent_name !== undefined && tag !== undefined && { parent_name, tag }), ...port.profile };
}

function binding(port: Port) {
  const bound = port.host_id !== '' || port.trunk_id !== null;
  return {
    'binding:host_id': port.host_id,
    'binding:vif_type': bound ? 'ovs' : 'unbound',
    'binding:vif_details': port.host_id === '' ? {} : { port_filter: true, connectivity: 'l2' },
  };
}

function dnsAssignment(port: Port, ip: string, domain: string) {
  const hostname = port.dns_name === '' ? `host-${ip.replaceAll(/[.:]/g, '-')}` : port.dns_name;
  return { ip_address: ip, hostname, fqdn: `${hostname}.${domain}` };
}

function trunkDetails({ nb }: Backend, port: Port) {
  const trunk = trunkOn(nb, port.id);
  return (
    trunk && {
      trunk_details: {
        trunk_id: trunk.id,
        sub_ports: trunk.sub_ports.map(({ port_id, segmentation_id, segmentation_type }) => ({
          segmentation_id,
          segmentation_type,
          port_id,
          mac_address: findPort(nb, port_id)?.mac_address ?? '',
        })),
      },
    }
  );
}

export const ports = resource<Port>({
  singular: 'port',
  plural: 'ports',
  path: 'ports',
  filters: [
    'id',
    'name',
    'tenant_id',
    'project_id',
    'network_id',
    'mac_address',
    'admin_state_up',
    'status',
    'device_id',
    'device_owner',
    'fixed_ips',
    'security_groups',
    'description',
    'binding:vnic_type',
    'binding:host_id',
    'port_security_enabled',
    'dns_name',
    'ip_allocation',
    'revision_number',
  ],
  notFound: (id) => neutronError('PortNotFound', id),
  list: ({ nb }) => listPorts(nb),
  find: ({ nb }, id) => findPort(nb, id),
  isVisible: ({ nb }, caller, port) => seesInside(caller, port, findNetwork(nb, port.network_id)),
  render,
  create: createPorts,
  update: updatePort,
  delete: deletePort,
  retag: (backend, tx, port, tags) => writePort(backend, tx, { ...port, tags, ...touched(port) }),
});
