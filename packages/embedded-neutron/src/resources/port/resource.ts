import type { Port as WirePort } from '@ovn-docker/openstack';
import { canonical } from '../../addresses/addresses.ts';
import { readMac } from '../../addresses/mac.ts';
import { by, byTags, type FilterIndex } from '../../api/filter-index.ts';
import { equals, type Filter, isBool, isText, isWord } from '../../api/filters.ts';
import { defineResource, type Wire } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork } from '../../northbound/networks.ts';
import {
  portsByDevice,
  portsByGroup,
  portsById,
  portsByIp,
  portsByMac,
  portsByName,
  portsByNetwork,
  portsByProject,
  portsBySubnet,
  portsByTag,
} from '../../northbound/port-indexes.ts';
import { type FixedIp, findPort, type Port, portRows } from '../../northbound/ports.ts';
import { trunkOn } from '../../northbound/trunks.ts';
import { type Caller, isAdmin } from '../../policy/caller.ts';
import { requireNetwork, seesInside } from '../../policy/visibility.ts';
import { portSchema } from './attributes.ts';
import { deletePort, updatePort, writePort } from './change.ts';
import { insertPorts, parsePort } from './create.ts';

/**
 * A port as Neutron returns it, with the attributes in Neutron's order. Unlike in stock Neutron, tenants see
 * `binding:profile`.
 */
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

/** Whether an address of the port is `subnet_id=…`, `ip_address=…` or contains `ip_address_substr=…`. */
const hasAddress: Filter = (values) => {
  const pairs = values.map((value) => {
    const equal = value.indexOf('=');
    if (equal > 0) return [value.slice(0, equal).trim(), value.slice(equal + 1).trim()] as const;
    throw neutronError('InvalidInput', `'${value}' is not of the form <key>=[value]`);
  });
  const valuesOf = (key: string) => pairs.filter(([name]) => name === key).map(([, value]) => value);
  const [subnets, exact, parts] = ['subnet_id', 'ip_address', 'ip_address_substr'].map(valuesOf);
  const some = (
    item: Wire,
    wanted: readonly string[] | undefined,
    test: (ip: FixedIp, text: string) => boolean,
  ) =>
    !wanted?.length ||
    (item['fixed_ips'] as readonly FixedIp[]).some((ip) => wanted.some((text) => test(ip, text)));
  return (item) =>
    some(item, subnets, (ip, text) => ip.subnet_id === text) &&
    some(item, exact, (ip, text) => ip.ip_address === canonical(text)) &&
    some(item, parts, (ip, text) => ip.ip_address.includes(text));
};

/** The index for the addresses of the filter `fixed_ips`, or else for its subnets. */
const byAddress: FilterIndex = (values) => {
  const valuesOf = (key: string) =>
    values.flatMap((value) => {
      const [name, text] = value.split('=').map((part) => part.trim());
      return name === key && text !== undefined ? [text] : [];
    });
  const [ips, subnets] = [valuesOf('ip_address').map(canonical), valuesOf('subnet_id')];
  if (ips.length > 0) return { index: portsByIp, keys: ips };
  return subnets.length > 0 ? { index: portsBySubnet, keys: subnets } : undefined;
};

/** Ports. */
export const ports = defineResource({
  plural: 'ports',
  path: 'ports',
  quota: 5000,
  rows: portRows,
  byId: portsById,
  byProject: portsByProject,
  indexes: {
    name: by(portsByName),
    network_id: by(portsByNetwork),
    mac_address: by(portsByMac, (value) => readMac(value) ?? value),
    device_id: by(portsByDevice),
    security_groups: by(portsByGroup),
    tags: byTags(portsByTag),
    fixed_ips: byAddress,
  },
  shared: true,
  filters: {
    name: isText,
    network_id: isText,
    mac_address: equals((value) => readMac(String(value)) ?? value),
    admin_state_up: isBool,
    status: isWord,
    device_id: isText,
    device_owner: isText,
    security_groups: isText,
    'binding:host_id': isText,
    ip_allocation: isText,
    fixed_ips: hasAddress,
  },
  sortKeys: [
    'name',
    'network_id',
    'mac_address',
    'admin_state_up',
    'status',
    'device_id',
    'device_owner',
    'ip_allocation',
  ],
  extensions: [
    {
      alias: 'allowed-address-pairs',
      name: 'Allowed Address Pairs',
      description: 'Provides allowed address pairs',
      updated: '2013-07-23T10:00:00-00:00',
    },
    {
      alias: 'ip_allocation',
      name: 'IP Allocation',
      description: 'IP allocation extension.',
      updated: '2016-06-10T23:00:00-00:00',
    },
    {
      alias: 'binding',
      name: 'Port Binding',
      description: 'Expose port bindings of a virtual port to external application',
      updated: '2014-02-03T10:00:00-00:00',
    },
    {
      alias: 'port-security',
      name: 'Port Security',
      description: 'Provides port security',
      updated: '2012-07-23T10:00:00-00:00',
    },
    {
      alias: 'tag-ports-during-bulk-creation',
      name: 'Tag Ports During Bulk Creation',
      description: 'Allow to tag ports during bulk creation',
      updated: '2019-12-29T19:00:00-00:00',
    },
    // The only extension that stock Neutron does not have: a tenant can create a nested port in one call.
    {
      alias: 'container-parent-binding',
      name: 'Container Parent Binding',
      description:
        'binding:profile {parent_name, tag} is open to tenants; ownership of the parent and uniqueness of the tag are checked',
      updated: '2026-11-23T00:00:00-00:00',
    },
  ],
  ...portSchema,
  notFound: (id) => neutronError('PortNotFound', id),
  find: ({ nb }, id) => findPort(nb, id),
  isVisible: ({ nb }, caller, port) => seesInside(caller, port, findNetwork(nb, port.network_id)),
  render,
  parse: parsePort,
  requireNetwork,
  insert: insertPorts,
  update: updatePort,
  delete: deletePort,
  retag: (backend, tx, port, tags) => writePort(backend, tx, { ...port, tags, ...touched(port) }),
});
