import { parsePrefix } from '../../addresses/addresses.ts';
import { parseUpdate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { dhcpOptions } from '../../northbound/dhcp-options.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork, type Network } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { portsOf } from '../../northbound/ports.ts';
import { findSubnet, type Subnet, subnetColumns } from '../../northbound/subnets.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { seesInside } from '../../policy/visibility.ts';
import { subnetAttributes } from './attributes.ts';
import { checkPools, planGateway } from './plan.ts';

interface Owned {
  readonly subnet: Subnet;
  readonly network: Network;
}

/** The subnet and its network if this caller may change them. */
function ownSubnet(backend: Backend, caller: Caller, id: string, action: string): Owned {
  const subnet = findSubnet(backend.nb, id);
  const network = subnet && findNetwork(backend.nb, subnet.network_id);
  if (!subnet || !network || !(network.shared || seesInside(caller, subnet, network))) {
    throw neutronError('SubnetNotFound', id);
  }
  if (!owns(caller, network)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
  return { subnet, network };
}

/** Writes a subnet's row. Part of a plan. */
export function writeSubnet(backend: Backend, tx: NbTransaction, subnet: Subnet, network: Network): void {
  tx.update(
    'DHCP_Options',
    subnet.row,
    subnetColumns(subnet, dhcpOptions(subnet, network, backend.settings.dns_domain)),
  );
}

/** Changes a subnet. Turning DHCP on or off reaches the ports that have an address of it. */
export function updateSubnet(
  backend: Backend,
  caller: Caller,
  id: string,
  body: Readonly<Record<string, unknown>>,
  revision?: number,
): Promise<void> {
  const changes = parseUpdate('subnet', subnetAttributes, body, caller);
  return backend.nb.change((tx) => {
    const { subnet, network } = ownSubnet(backend, caller, id, 'update_subnet');
    requireRevision(revision, subnet);
    const prefix = parsePrefix(subnet.cidr);
    if (prefix === undefined) throw neutronError('SubnetNotFound', id);
    const gateway =
      changes.gateway_ip === undefined ? subnet.gateway_ip : planGateway(prefix, changes.gateway_ip);
    const pools = checkPools(prefix, gateway, changes.allocation_pools ?? subnet.allocation_pools);
    const changed: Subnet = {
      ...subnet,
      ...changes,
      gateway_ip: gateway,
      allocation_pools: pools,
      ...touched(subnet),
    } as Subnet;
    writeSubnet(backend, tx, changed, network);
    if (changed.ip_version === 6 || changed.enable_dhcp === subnet.enable_dhcp) return;
    const users = portsOf(backend.nb, network.id).filter((port) =>
      port.fixed_ips.some((ip) => ip.subnet_id === id),
    );
    for (const port of users) {
      tx.update('Logical_Switch_Port', port.row, {
        dhcpv4_options: changed.enable_dhcp ? subnet.row : undefined,
      });
    }
  });
}

/** Deletes a subnet; refused while ports have addresses of it. */
export function deleteSubnet(backend: Backend, caller: Caller, id: string, revision?: number): Promise<void> {
  return backend.nb.change((tx) => {
    const { subnet, network } = ownSubnet(backend, caller, id, 'delete_subnet');
    requireRevision(revision, subnet);
    const users = portsOf(backend.nb, network.id).filter((port) =>
      port.fixed_ips.some((ip) => ip.subnet_id === id),
    );
    if (users.length > 0) throw neutronError('SubnetInUse', id);
    tx.delete('DHCP_Options', subnet.row);
  });
}
