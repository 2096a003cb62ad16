import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { findNetwork } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import type { AddressPair, PortDraft } from '../../northbound/ports.ts';
import { findSecurityGroup } from '../../northbound/security-groups.ts';
import { findSubnet } from '../../northbound/subnets.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { seesSubnet } from '../../policy/visibility.ts';
import { ensureDefaultGroup, ensureDropGroup, type GroupRef } from '../security-group/default-group.ts';
import { duplicatePair, type FixedIpRequest, type PairRequest } from './attributes.ts';

/** The Port_Groups of a port: its security groups, and the drop group unless port security is off. */
export function groupsOf(backend: Backend, tx: NbTransaction, port: PortDraft): GroupRef[] {
  const own = port.security_groups.flatMap((id) => findSecurityGroup(backend.nb, id) ?? []);
  return port.port_security_enabled ? [...own, ensureDropGroup(backend, tx)] : own;
}

/**
 * The security groups of a port: the requested ones, else the project's default group. None without port
 * security.
 *
 * @throws NeutronError SecurityGroupNotFound, SecurityGroupConflict,
 * PortSecurityAndIPRequiredForSecurityGroups
 */
export function chooseGroups(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  port: {
    readonly project_id: string;
    readonly secured: boolean;
    readonly requested: readonly string[] | undefined;
  },
): readonly string[] {
  const { project_id, secured, requested } = port;
  const groups = (requested ?? []).map((id) => {
    const group = findSecurityGroup(backend.nb, id);
    if (group && (owns(caller, group) || group.project_id === project_id)) return group;
    throw neutronError('SecurityGroupNotFound', id);
  });
  if (!secured) {
    if (groups.length > 0) throw neutronError('PortSecurityAndIPRequiredForSecurityGroups');
    return [];
  }
  if (requested === undefined) return [ensureDefaultGroup(backend, tx, project_id).id];
  if (new Set(groups.map(({ stateful }) => stateful)).size > 1) {
    throw neutronError(
      'SecurityGroupConflict',
      'Cannot apply both stateful and stateless security groups on the same port at the same time',
    );
  }
  return requested;
}

/**
 * The requested addresses, if they are not too many and the caller sees the subnets that they name.
 *
 * @throws NeutronError InvalidInput, SubnetNotFound
 */
export function knownSubnets<T extends readonly FixedIpRequest[] | undefined>(
  { nb, settings }: Backend,
  caller: Caller,
  requested: T,
): T {
  const most = settings.max_fixed_ips_per_port;
  if (requested && requested.length > most) {
    throw neutronError('InvalidInput', `Exceeded maximum amount of fixed ips per port, which is ${most}`);
  }
  for (const { subnet_id: id } of requested ?? []) {
    const subnet = id === undefined ? undefined : findSubnet(nb, id);
    if (id === undefined || (subnet && seesSubnet(caller, subnet, findNetwork(nb, subnet.network_id))))
      continue;
    throw neutronError('SubnetNotFound', id);
  }
  return requested;
}

/**
 * Adds the port's MAC to address pairs that have none, and sorts the pairs as Neutron does.
 *
 * @throws NeutronError AllowedAddressPairExhausted, AddressPairAndPortSecurityRequired,
 * DuplicateAddressPairInRequest
 */
export function completePairs(
  backend: Backend,
  requested: readonly PairRequest[],
  mac: string,
  secured: boolean,
): AddressPair[] {
  const limit = backend.settings.max_allowed_address_pairs;
  if (requested.length > limit) throw neutronError('AllowedAddressPairExhausted', limit);
  if (requested.length > 0 && !secured) throw neutronError('AddressPairAndPortSecurityRequired');
  const keys = new Set<string>();
  const pairs = requested.map(({ ip_address, mac_address = mac, given = mac }) => {
    const key = `${mac_address} ${ip_address}`;
    if (keys.has(key)) throw duplicatePair(given, ip_address);
    keys.add(key);
    return { mac_address, ip_address };
  });
  return pairs.sort(
    (a, b) => a.mac_address.localeCompare(b.mac_address) || a.ip_address.localeCompare(b.ip_address),
  );
}
