import { randomUUID } from 'node:crypto';
import { overlaps, type Prefix, parsePrefix, prefixText } from '../../addresses/addresses.ts';
import { pickMac } from '../../addresses/allocate.ts';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { dhcpOptions } from '../../northbound/dhcp-options.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { Network } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { subnetColumns, subnetsOf } from '../../northbound/subnets.ts';
import type { Caller } from '../../policy/caller.ts';
import { ownNetwork } from '../network/change.ts';
import { type subnetAttributes, subnetSchema } from './attributes.ts';
import { touchNetwork } from './change.ts';
import { checkDhcpData, requireDhcpPrefix, requireIpv6Modes } from './check.ts';
import { planGateway, planPools, requireGateway, requireVersion } from './plan.ts';

type Values = CreateValues<typeof subnetAttributes>;

/** The prefixes that one plan adds, by network. */
type Added = Map<string, Prefix[]>;

/** Reads a subnet from a request. @throws NeutronError as {@link parseCreate} */
export const parseSubnet = (body: Body, caller: Caller): Values => parseCreate(subnetSchema, body, caller);

/** Plans new subnets. Each network that gets one has a new revision. */
export function* insertSubnets(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly Values[],
): Generator<void, readonly string[]> {
  const added: Added = new Map();
  const ids: string[] = [];
  for (const values of requested) {
    const network = ownNetwork(backend, caller, values.network_id, 'create_subnet');
    ids.push(insertSubnet(backend, tx, values, network, added));
    yield;
  }
  return ids;
}

function insertSubnet(
  backend: Backend,
  tx: NbTransaction,
  values: Values,
  network: Network,
  added: Added,
): string {
  const prefix = checkedPrefix(values);
  requireFree(backend, network, prefix, added);
  const gateway = planGateway(prefix, values.gateway_ip);
  const subnet = {
    ...values,
    ...standardNow(0),
    id: randomUUID(),
    project_id: network.project_id,
    cidr: prefixText(prefix),
    gateway_ip: gateway,
    allocation_pools: planPools(prefix, gateway, values.allocation_pools),
    ipv6_ra_mode: values.ipv6_ra_mode ?? null,
    ipv6_address_mode: values.ipv6_address_mode ?? null,
    server_mac: pickMac(backend.settings.base_mac, () => false),
  };
  tx.insert('DHCP_Options', subnetColumns(subnet, dhcpOptions(subnet, network, backend.settings.dns_domain)));
  touchNetwork(tx, network);
  return subnet.id;
}

/**
 * Checks what a request says about a new subnet, except its pools. Returns its prefix.
 *
 * @throws NeutronError BadRequest, InvalidInput, DNSNameServersExhausted, HostRoutesExhausted
 */
function checkedPrefix(values: Values): Prefix {
  const refuse = (reason: string) => neutronError('BadRequest', 'subnets', reason);
  if (values.cidr === undefined) throw refuse('a subnetpool must be specified in the absence of a cidr');
  if (values.prefixlen !== undefined) throw refuse('cidr and prefixlen must not be supplied together');
  const { prefix } = values.cidr;
  requireVersion(values.ip_version, prefixText(prefix), 'cidr');
  if (values.enable_dhcp) requireDhcpPrefix(prefix);
  if (values.gateway_ip) requireGateway(prefix, values.gateway_ip);
  checkDhcpData(prefix, 'new subnet', values.dns_nameservers, values.host_routes);
  requireIpv6Modes(prefix, values, values.enable_dhcp);
  if (prefix.length === 0) throw neutronError('InvalidInput', '0 is not allowed as CIDR prefix length');
  return prefix;
}

/** Checks that no other subnet of the network shares an address. @throws NeutronError InvalidInput */
function requireFree(backend: Backend, network: Network, prefix: Prefix, added: Added): void {
  const existing = subnetsOf(backend.nb, network.id).flatMap(({ cidr }) => parsePrefix(cidr) ?? []);
  const planned = added.get(network.id) ?? [];
  if ([...existing, ...planned].some((other) => overlaps(other, prefix))) {
    throw neutronError(
      'InvalidInput',
      `Requested subnet with cidr: ${prefixText(prefix)} for network: ${network.id} overlaps with another subnet`,
    );
  }
  added.set(network.id, [...planned, prefix]);
}
