import { type Prefix, parsePrefix } from '../../addresses/addresses.ts';
import type { Edit, ItemRequest } from '../../api/resource.ts';
import type { UpdateValues } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { dhcpOptions } from '../../northbound/dhcp-options.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork, type Network } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { portsBySubnet } from '../../northbound/port-indexes.ts';
import { countPortsIn } from '../../northbound/ports.ts';
import { findSubnet, type Subnet, subnetColumns } from '../../northbound/subnets.ts';
import { eachRow } from '../../northbound/view.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { seesSubnet } from '../../policy/visibility.ts';
import { writeNetwork } from '../network/change.ts';
import type { subnetAttributes } from './attributes.ts';
import { checkDhcpData, requireDhcpPrefix } from './check.ts';
import { checkPools, requireGateway, requireOutside } from './plan.ts';

interface OwnSubnet {
  readonly subnet: Subnet;
  readonly network: Network;
}

/**
 * The subnet and its network, if the caller may change them.
 *
 * @throws NeutronError SubnetNotFound, PolicyNotAuthorized
 */
function ownSubnet({ nb }: Backend, caller: Caller, id: string, action: string): OwnSubnet {
  const subnet = findSubnet(nb, id);
  const network = subnet && findNetwork(nb, subnet.network_id);
  if (!subnet || !network || !seesSubnet(caller, subnet, network)) throw neutronError('SubnetNotFound', id);
  if (!owns(caller, network)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
  return { subnet, network };
}

/**
 * Increases the revision of a network whose subnets change, as Neutron does. Plans of ports are guarded by
 * it. Part of a plan.
 */
export function touchNetwork(tx: NbTransaction, network: Network): void {
  writeNetwork(tx, { ...network, ...touched(network) });
}

/** Writes a subnet's row. Part of a plan. */
export function writeSubnet(
  { settings }: Backend,
  tx: NbTransaction,
  subnet: Subnet,
  network: Network,
): void {
  const options = dhcpOptions(subnet, network, settings.dns_domain);
  tx.update('DHCP_Options', subnet.row, subnetColumns(subnet, options));
}

/**
 * Plans a change of a subnet. Turning DHCP on or off also changes the ports with an address of the subnet.
 */
export function* updateSubnet(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision, changes }: Edit<typeof subnetAttributes>,
): Generator<void, void> {
  const { subnet, network } = ownSubnet(backend, caller, id, 'update_subnet');
  requireRevision(revision, subnet);
  const prefix = parsePrefix(subnet.cidr);
  if (prefix === undefined) throw neutronError('SubnetNotFound', id);
  checkChanges(prefix, subnet, changes);
  const gateway = changes.gateway_ip === undefined ? subnet.gateway_ip : changes.gateway_ip;
  const pools = changes.allocation_pools && checkPools(prefix, changes.allocation_pools);
  if (pools || gateway !== subnet.gateway_ip) requireOutside(gateway, pools ?? subnet.allocation_pools);
  const changed: Subnet = {
    ...subnet,
    ...changes,
    gateway_ip: gateway,
    allocation_pools: pools ?? subnet.allocation_pools,
    ...touched(subnet),
  } as Subnet;
  writeSubnet(backend, tx, changed, network);
  touchNetwork(tx, network);
  if (changed.ip_version === 6 || changed.enable_dhcp === subnet.enable_dhcp) return;
  for (const port of eachRow(backend.nb.view, portsBySubnet, id)) {
    tx.update('Logical_Switch_Port', port._uuid, {
      dhcpv4_options: changed.enable_dhcp ? subnet.row : undefined,
    });
    yield;
  }
}

/**
 * Checks a change of a subnet, except its pools.
 *
 * @throws NeutronError InvalidInput, DNSNameServersExhausted, HostRoutesExhausted
 */
function checkChanges(prefix: Prefix, subnet: Subnet, changes: UpdateValues<typeof subnetAttributes>): void {
  const { gateway_ip, enable_dhcp, dns_nameservers = [], host_routes = [] } = changes;
  if (enable_dhcp && !subnet.enable_dhcp) requireDhcpPrefix(prefix);
  if (gateway_ip) requireGateway(prefix, gateway_ip);
  checkDhcpData(prefix, subnet.id, dns_nameservers, host_routes);
  const hasModes = subnet.ipv6_ra_mode !== null || subnet.ipv6_address_mode !== null;
  if (enable_dhcp === false && hasModes) {
    throw neutronError('InvalidInput', 'Cannot disable enable_dhcp with ipv6 attributes set');
  }
}

/** Plans the deletion of a subnet. @throws NeutronError SubnetInUse if ports have addresses of it */
export function deleteSubnet(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision }: ItemRequest,
): void {
  const { subnet, network } = ownSubnet(backend, caller, id, 'delete_subnet');
  requireRevision(revision, subnet);
  if (countPortsIn(backend.nb, id) > 0) throw neutronError('SubnetInUse', id);
  tx.delete('DHCP_Options', subnet.row);
  touchNetwork(tx, network);
}
