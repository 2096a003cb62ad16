import type { Edit, ItemRequest } from '../../api/resource.ts';
import type { UpdateValues } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork, type Network } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort, type Port, portColumns, portExternalIds } from '../../northbound/ports.ts';
import { subnetsOf } from '../../northbound/subnets.ts';
import { trunkOn } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { seesInside } from '../../policy/visibility.ts';
import { AddressBook } from './address-book.ts';
import type { portAttributes } from './attributes.ts';
import { hasChildren, parseProfile, requireParent } from './parent-binding.ts';
import { chooseGroups, completePairs, groupsOf, knownSubnets } from './plan.ts';
import { requirePortPolicy } from './policy.ts';

type Changes = UpdateValues<typeof portAttributes>;

/** The port and its network, if the caller may at least delete the port. @throws NeutronError PortNotFound */
function reachablePort({ nb }: Backend, caller: Caller, id: string): { port: Port; network: Network } {
  const port = findPort(nb, id);
  const network = port && findNetwork(nb, port.network_id);
  if (!port || !network || !seesInside(caller, port, network)) throw neutronError('PortNotFound', id);
  return { port, network };
}

/** Writes a port's row. Part of a plan. */
export function writePort({ nb }: Backend, tx: NbTransaction, port: Port): void {
  const columns = portColumns(port, subnetsOf(nb, port.network_id), portExternalIds(nb, port.id));
  tx.update('Logical_Switch_Port', port.row, columns);
}

/** Plans a change of a port. */
export function updatePort(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision, changes }: Edit<typeof portAttributes>,
): void {
  const { port, network } = reachablePort(backend, caller, id);
  // The owner of a network sees and may delete the ports of other tenants on it, but may not change them.
  if (!owns(caller, port)) throw neutronError('PolicyNotAuthorized', 'rule:update_port');
  requireRevision(revision, port);
  requirePortPolicy('update_port', caller, network, changes);
  const changed: Port = {
    ...port,
    ...plainChanges(port, changes),
    ...addressing(backend, tx, caller, port, network, changes),
    ...nesting(backend, tx, caller, port, changes),
    ...touched(port),
  };
  writePort(backend, tx, changed);
  moveBetweenGroups(backend, tx, port, changed);
}

/** Plans the deletion of a port. @throws NeutronError PortInUse… if it is in a trunk or has nested ports */
export function deletePort(backend: Backend, tx: NbTransaction, { caller, id, revision }: ItemRequest): void {
  const { nb } = backend;
  const { port, network } = reachablePort(backend, caller, id);
  requireRevision(revision, port);
  const trunk = trunkOn(nb, id);
  if (trunk) throw neutronError('PortInUseAsTrunkParent', id, trunk.id);
  if (port.trunk_id !== null) throw neutronError('PortInUseAsSubPort', id, port.trunk_id);
  // Deleting the parent would disconnect every port nested under it, as with a trunk.
  if (hasChildren(nb, tx, id)) throw neutronError('PortInUseAsParent', id);
  // Port groups refer to ports weakly: OVSDB removes the port from them.
  tx.mutate('Logical_Switch', network.row, { delete: { ports: [port.row] } });
}

function plainChanges(port: Port, changes: Changes) {
  return {
    name: changes.name ?? port.name,
    description: changes.description ?? port.description,
    admin_state_up: changes.admin_state_up ?? port.admin_state_up,
    device_id: changes.device_id ?? port.device_id,
    device_owner: changes.device_owner ?? port.device_owner,
    dns_name: changes.dns_name ?? port.dns_name,
    vnic_type: changes['binding:vnic_type'] ?? port.vnic_type,
    host_id: changes['binding:host_id'] ?? port.host_id,
  };
}

function addressing(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  port: Port,
  network: Network,
  changes: Changes,
) {
  knownSubnets(backend, caller, changes.fixed_ips);
  const { mac_address: mac, fixed_ips } = newAddresses(backend, tx, port, network, changes);
  const secured = changes.port_security_enabled ?? port.port_security_enabled;
  const pairs = changes.allowed_address_pairs ?? port.allowed_address_pairs;
  // The error differs if the port has the groups already.
  if (!secured && changes.security_groups === undefined && port.security_groups.length > 0) {
    throw neutronError('PortSecurityPortHasSecurityGroup');
  }
  return {
    mac_address: mac,
    port_security_enabled: secured,
    fixed_ips,
    allowed_address_pairs: completePairs(backend, pairs, mac, secured),
    security_groups: chooseGroups(backend, tx, caller, {
      project_id: port.project_id,
      secured,
      requested: changes.security_groups ?? port.security_groups,
    }),
  };
}

/** MAC and addresses after the change. */
function newAddresses(backend: Backend, tx: NbTransaction, port: Port, network: Network, changes: Changes) {
  if (changes.mac_address === undefined && changes.fixed_ips === undefined) return port;
  const book = new AddressBook(backend.nb, tx, network, port.id);
  const mac =
    changes.mac_address === undefined
      ? port.mac_address
      : book.takeMac(changes.mac_address ?? undefined, backend.settings.base_mac);
  const ips = changes.fixed_ips ? book.takeAddresses(changes.fixed_ips, mac, port.fixed_ips) : port.fixed_ips;
  return { mac_address: mac, fixed_ips: ips };
}

function nesting(backend: Backend, tx: NbTransaction, caller: Caller, port: Port, changes: Changes) {
  const profile = changes['binding:profile'];
  if (profile === undefined) return {};
  const parsed = parseProfile(profile);
  if (port.trunk_id !== null) {
    // Only the trunk can change the parent and tag of a subport. Repeating the present values is not a
    // change.
    const same = parsed.nesting?.parent_name === port.parent_name && parsed.nesting?.tag === port.tag;
    if (parsed.nesting && !same) throw neutronError('PortInUseByTrunk', port.id);
    return { profile: parsed.rest };
  }
  if (parsed.nesting) requireParent(backend.nb, tx, caller, port.id, parsed.nesting);
  return { profile: parsed.rest, parent_name: parsed.nesting?.parent_name, tag: parsed.nesting?.tag };
}

function moveBetweenGroups(backend: Backend, tx: NbTransaction, before: Port, after: Port): void {
  const left = groupsOf(backend, tx, before);
  const joined = groupsOf(backend, tx, after);
  for (const group of left.filter(({ id }) => !joined.some((other) => other.id === id))) {
    tx.mutate('Port_Group', group.row, { delete: { ports: [after.row] } });
  }
  for (const group of joined.filter(({ id }) => !left.some((other) => other.id === id))) {
    tx.mutate('Port_Group', group.row, { insert: { ports: [after.row] } });
  }
}
