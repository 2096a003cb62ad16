import type { Network, Subnet } from '@ovn-docker/openstack';
import { z } from 'zod';
import type { NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { readRecord } from '../clients/vm-switch/read-record.ts';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Target } from './nic.ts';

const [NETWORK, SUBNET] = ['ovn-docker:neutron-network:', 'ovn-docker:neutron-subnet:'];

const text = z.string();
/** Some clouds answer null where others leave an attribute out. */
const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);
const network = z.object({
  name: text,
  mtu: optional(z.number()),
  subnets: z.array(text),
  port_security_enabled: optional(z.boolean()),
  dns_domain: optional(text),
});
const subnet = z.object({
  network_id: text,
  name: optional(text),
  cidr: text,
  ip_version: z.union([z.literal(4), z.literal(6)]),
  gateway_ip: text.nullish(),
  host_routes: z.array(z.object({ destination: text, nexthop: text })).default([]),
  dns_nameservers: z.array(text).default([]),
  ipv6_address_mode: text.nullish(),
  ipv6_ra_mode: text.nullish(),
});

/** The longest record, in characters: by default Neutron allows 20 host routes and 5 name servers. */
const LONGEST = 16_384;

/**
 * Records on the bridge's row what an agent without Neutron must know of networks and subnets to connect
 * containers to them: MTU, addresses, gateway and routes. Writes only what has changed.
 */
export async function recordTargets(
  vmSwitch: Pick<VmSwitch, 'records' | 'writeRecords'>,
  targets: Iterable<Target>,
): Promise<void> {
  const written = vmSwitch.records();
  const changed = Object.entries(recordsOf(targets)).filter(([key, record]) => written[key] !== record);
  if (changed.length > 0) await vmSwitch.writeRecords(Object.fromEntries(changed));
}

/**
 * Deletes the records of networks and subnets that are in none of these targets.
 * @param others ids of further networks and subnets whose records stay
 */
export async function forgetOtherTargets(
  vmSwitch: Pick<VmSwitch, 'records' | 'writeRecords'>,
  targets: () => Iterable<Target>,
  others: readonly string[],
): Promise<void> {
  const kept = new Set([
    ...Object.keys(recordsOf(targets())),
    ...others.flatMap((id) => [NETWORK + id, SUBNET + id]),
  ]);
  const stale = Object.keys(vmSwitch.records()).filter(
    (key) => (key.startsWith(NETWORK) || key.startsWith(SUBNET)) && !kept.has(key),
  );
  if (stale.length > 0) await vmSwitch.writeRecords(Object.fromEntries(stale.map((key) => [key, undefined])));
}

function recordsOf(targets: Iterable<Target>): Record<string, string> {
  const records: Record<string, string> = {};
  for (const target of targets) {
    const networkKey = NETWORK + target.network.id;
    // NICs share the targets of their pools: most networks appear once for each NIC.
    records[networkKey] ??= recordOf(network, target.network);
    for (const each of target.subnets) records[SUBNET + each.id] ??= recordOf(subnet, each);
  }
  return Object.fromEntries(Object.entries(records).filter(([, record]) => record !== ''));
}

/** Empty if the record would be too long, or the cloud’s answer has another form: no NIC fails for this. */
function recordOf(schema: z.ZodType, value: unknown): string {
  const parsed = schema.safeParse(value);
  const record = parsed.success ? JSON.stringify(parsed.data) : '';
  return record.length <= LONGEST ? record : '';
}

/** Reads the records, by network id. A record that another program has damaged counts as missing. */
export function readTargets(vmSwitch: Pick<VmSwitch, 'records'>): Map<string, NetworkWithSubnets> {
  const records = Object.entries(vmSwitch.records());
  const read = <T extends object>(prefix: string, schema: z.ZodType<T>) =>
    records.flatMap(([key, record]) => {
      const parsed = key.startsWith(prefix) ? readRecord(schema, record) : undefined;
      return parsed ? [{ ...parsed, id: key.slice(prefix.length) }] : [];
    });
  const subnets = read(SUBNET, subnet).map(
    (each) => ({ ...each, gateway_ip: each.gateway_ip ?? null }) as unknown as Subnet,
  );
  return new Map(
    read(NETWORK, network).map((each) => {
      // The record of a subnet that a user has deleted stays until the next pass.
      const own = subnets.filter(({ id, network_id }) => network_id === each.id && each.subnets.includes(id));
      return [each.id, { network: each as unknown as Network, subnets: own }];
    }),
  );
}
