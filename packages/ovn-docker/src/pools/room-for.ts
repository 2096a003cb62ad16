import type { Port, Subnet } from '@ovn-docker/openstack';
import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Target } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';

/** What a pool leaves for others: addresses of each subnet, ports of the project's quota, VLANs of the VM. */
const RESERVE = { addresses: 4, ports: 8, vlans: 16 } as const;

/**
 * How many NICs may be made for a pool without taking the last addresses, quota or VLANs of the tenant. Neutron tells
 * tenants the use of their quota; addresses in use are counted from the ports that the tenant sees, which on somebody
 * else's shared network are only its own: there, Neutron's refusal is the limit.
 */
export async function roomFor(
  engine: Engine,
  pool: NicPool,
  wanted: number,
): Promise<{ room: number; limit: string }> {
  const vm = await engine.vm();
  const quota = await explained(engine.neutron.quotaDetails());
  const { limit, used, reserved } = quota['port'] ?? { limit: -1, used: 0, reserved: 0 };
  const ports = await explained(
    engine.neutron.ports.all({ network_id: pool.target.network.id, fields: ['fixed_ips'] }),
  );
  const subnets = subnetsOfAddresses(pool.target);
  const free = subnets.reduce((sum, subnet) => sum + freeAddresses(subnet, ports), 0);
  const size = subnets.reduce((sum, subnet) => sum + sizeOf(subnet), 0);
  // A small subnet cannot spare as many.
  const reserve = Math.min(RESERVE.addresses, Math.ceil(size / 8));
  const limits: [string, number][] = [
    ['VLANs of this VM', vm.vlans.free - RESERVE.vlans],
    ['quota of ports', limit < 0 ? wanted : limit - used - reserved - RESERVE.ports],
    [
      `addresses of ${subnets.map(({ cidr }) => cidr).join(' and ')}`,
      subnets.length > 0 ? free - reserve : wanted,
    ],
  ];
  const [name, least] = limits.reduce((a, b) => (b[1] < a[1] ? b : a));
  return { room: Math.max(0, Math.min(wanted, least)), limit: name };
}

/** The IPv4 subnets that a NIC's address may come from: any of the network, or the first of those that were named. */
function subnetsOfAddresses({ network, subnets }: Target): Subnet[] {
  const v4 = subnets.filter(({ ip_version }) => ip_version === 4);
  return subnets.length === new Set(network.subnets).size ? v4 : v4.slice(0, 1);
}

function freeAddresses(subnet: Subnet, ports: readonly Pick<Port, 'fixed_ips'>[]): number {
  const pools = subnet.allocation_pools.map(({ start, end }) => [toNumber(start), toNumber(end)] as const);
  const used = ports
    .flatMap(({ fixed_ips }) => fixed_ips)
    .filter(({ subnet_id }) => subnet_id === subnet.id)
    .map(({ ip_address }) => toNumber(ip_address));
  // The gateway's address, and others that somebody asked for by name, are outside of the pools.
  const inPools = used.filter((address) => pools.some(([start, end]) => start <= address && address <= end));
  return sizeOf(subnet) - inPools.length;
}

/** Addresses in the allocation pools of an IPv4 subnet. */
function sizeOf({ allocation_pools: pools }: Subnet): number {
  return pools.reduce((sum, { start, end }) => sum + toNumber(end) - toNumber(start) + 1, 0);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
