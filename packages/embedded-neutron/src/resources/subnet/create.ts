import { randomUUID } from 'node:crypto';
import { overlaps, type Prefix, parsePrefix } from '../../addresses/addresses.ts';
import { pickMac } from '../../addresses/allocate.ts';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { dhcpOptions } from '../../northbound/dhcp-options.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { subnetColumns, subnetsOf } from '../../northbound/subnets.ts';
import type { Caller } from '../../policy/caller.ts';
import { ownNetwork } from '../network/change.ts';
import { subnetAttributes } from './attributes.ts';
import { touchNetwork } from './change.ts';
import { planSubnet } from './plan.ts';

type Values = CreateValues<typeof subnetAttributes>;

/** Reads subnets from a request. @throws NeutronError as {@link parseCreate} */
export function parseSubnets(bodies: readonly Body[], caller: Caller): readonly Values[] {
  return bodies.map((body) => parseCreate('subnet', subnetAttributes, body, caller));
}

/** Plans new subnets. */
export function insertSubnets(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly Values[],
): string[] {
  const added = new Map<string, Prefix[]>();
  return requested.map((values) => insertSubnet(backend, tx, caller, values, added));
}

function insertSubnet(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  values: Values,
  added: Map<string, Prefix[]>,
): string {
  const network = ownNetwork(backend, caller, values.network_id, 'create_subnet');
  const { prefix, ...planned } = planSubnet(values);
  const existing = subnetsOf(backend.nb, network.id).flatMap(({ cidr }) => parsePrefix(cidr) ?? []);
  const others = [...existing, ...(added.get(network.id) ?? [])];
  if (others.some((other) => overlaps(other, prefix))) {
    throw neutronError(
      'InvalidInput',
      `Requested subnet with cidr: ${planned.cidr} for network: ${network.id} overlaps with another subnet`,
    );
  }
  added.set(network.id, [...(added.get(network.id) ?? []), prefix]);
  const { subnetpool_id: _, ...attributes } = values;
  const subnet = {
    ...attributes,
    ...planned,
    ...standardNow(0),
    id: randomUUID(),
    project_id: network.project_id,
    ip_version: prefix.version,
    server_mac: pickMac(backend.settings.base_mac, () => false),
  };
  tx.insert('DHCP_Options', subnetColumns(subnet, dhcpOptions(subnet, network, backend.settings.dns_domain)));
  touchNetwork(tx, network);
  return subnet.id;
}
