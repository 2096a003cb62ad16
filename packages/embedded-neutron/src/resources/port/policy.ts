import { neutronError } from '../../errors.ts';
import type { Network } from '../../northbound/networks.ts';
import { attributeRule, type Caller, isAdmin, owns } from '../../policy/caller.ts';
import type { FixedIpRequest } from './attributes.ts';

interface Given {
  readonly mac_address?: string | null | undefined;
  readonly port_security_enabled?: boolean | undefined;
  readonly fixed_ips?: readonly FixedIpRequest[] | undefined;
  readonly allowed_address_pairs?: readonly unknown[] | null | undefined;
}

/**
 * Refuses attributes of a port that only the owner of its network may set. On another tenant's shared
 * network, a tenant can choose the subnet, but neither address nor MAC, and cannot avoid port security. These
 * are Neutron's default policies.
 *
 * @throws NeutronError PolicyNotAuthorized
 */
export function requirePortPolicy(
  action: 'create_port' | 'update_port',
  caller: Caller,
  network: Network,
  given: Given,
): void {
  const refuse = (rule: string) => neutronError('PolicyNotAuthorized', rule);
  // On any network only admins may change a MAC, because it must change inside the guest as well.
  if (action === 'update_port' && given.mac_address !== undefined && !isAdmin(caller)) {
    throw refuse(attributeRule(action, 'mac_address'));
  }
  if (owns(caller, network)) return;
  const nested = (attribute: string, part: string) =>
    `(rule:${action} and (rule:${action}:${attribute} and (rule:${action}:${attribute}:${part})))`;
  if (given.mac_address !== undefined) throw refuse(attributeRule(action, 'mac_address'));
  if (given.port_security_enabled !== undefined) throw refuse(attributeRule(action, 'port_security_enabled'));
  if (given.fixed_ips?.some((ip) => ip.ip_address !== undefined))
    throw refuse(nested('fixed_ips', 'ip_address'));
  if (given.allowed_address_pairs && given.allowed_address_pairs.length > 0) {
    throw refuse(nested('allowed_address_pairs', 'ip_address'));
  }
}
