import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import type { AddressPair, PortDraft } from '../../northbound/ports.ts';
import { findSecurityGroup } from '../../northbound/security-groups.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { ensureDefaultGroup, ensureDropGroup, type GroupRef } from '../security-group/default-group.ts';

/** The Port_Groups of a port: its security groups, and the drop group unless port security is off. */
export function groupsOf(backend: Backend, tx: NbTransaction, port: PortDraft): GroupRef[] {
  const own = port.security_groups.flatMap((id) => findSecurityGroup(backend.nb, id) ?? []);
  return port.port_security_enabled ? [...own, ensureDropGroup(backend, tx)] : own;
}

/**
 * The security groups of a port: the requested ones, else the project's default group. None without port
 * security.
 *
 * @throws NeutronError SecurityGroupNotFound, PortSecurityAndIPRequiredForSecurityGroups
 */
export function chooseGroups(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  port: {
    readonly project_id: string;
    readonly secured: boolean;
    readonly requested: readonly string[] | null | undefined;
  },
): readonly string[] {
  const { project_id, secured, requested } = port;
  for (const id of requested ?? []) {
    const group = findSecurityGroup(backend.nb, id);
    const usable = group && (owns(caller, group) || group.project_id === project_id);
    if (!usable) throw neutronError('SecurityGroupNotFound', id);
  }
  if (!secured) {
    if (requested && requested.length > 0) throw neutronError('PortSecurityAndIPRequiredForSecurityGroups');
    return [];
  }
  return requested ? [...new Set(requested)] : [ensureDefaultGroup(backend, tx, project_id).id];
}

/**
 * Adds the port's MAC to address pairs that have none, and sorts the pairs as Neutron does.
 *
 * @throws NeutronError AllowedAddressPairExhausted, AddressPairAndPortSecurityRequired
 */
export function completePairs(
  backend: Backend,
  pairs: readonly { readonly ip_address: string; readonly mac_address?: string | undefined }[] | null,
  mac: string,
  secured: boolean,
): AddressPair[] {
  const limit = backend.settings.max_allowed_address_pairs;
  if ((pairs ?? []).length > limit) throw neutronError('AllowedAddressPairExhausted', limit);
  if ((pairs ?? []).length > 0 && !secured) throw neutronError('AddressPairAndPortSecurityRequired');
  return (pairs ?? [])
    .map(({ ip_address, mac_address }) => ({ mac_address: mac_address ?? mac, ip_address }))
    .sort((a, b) => a.mac_address.localeCompare(b.mac_address) || a.ip_address.localeCompare(b.ip_address));
}
