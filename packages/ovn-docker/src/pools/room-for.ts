import type { Port, Subnet } from '@ovn-docker/openstack';
import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Target } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';

/** What a pool never takes: addresses of each subnet, ports of the project's quota, VLANs of the VM. */
const RESERVE = { addresses: 4, ports: 8, vlans: 16 } as const;

/**
 * How many NICs can be made for a pool without taking the project's last addresses, quota or VLANs, and which
 * limit decides. Neutron reports the use of the quota; used addresses are counted from the ports that the
 * project sees. On a network that another project shares these are only its own ports, so there Neutron's
 * refusal is the limit.
 * @param count the number of NICs to make
 */
export async function roomFor(
  engine: Engine,
  pool: NicPool,
  count: number,
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
  // A small subnet cannot spare that many.
  const reserve = Math.min(RESERVE.addresses, Math.ceil(size / 8));
  const limits: [string, number][] = [
    ['VLANs of this VM', vm.vlans.free - RESERVE.vlans],
    ['quota of ports', limit < 0 ? count : limit - used - reserved - RESERVE.ports],
    [
      `addresses of ${subnets.map(({ cidr }) => cidr).join(' and ')}`,
      subnets.length > 0 ? free - reserve : count,
    ],
  ];
  const [name, least] = limits.reduce((a, b) => (b[1] < a[1] ? b : a));
  return { room: Math.max(0, Math.min(count, least)), limit: name };
}

/** The IPv4 subnets that a NIC's address comes from: all of the network's, or the first of the target's. */
function subnetsOfAddresses({ network, subnets }: Target): Subnet[] {
  const v4 = subnets.filter(({ ip_version }) => ip_version === 4);
  return subnets.length === new Set(network.subnets).size ? v4 : v4.slice(0, 1);
}

function freeAddresses(subnet: Subnet, ports: readonly Pick<Port, 'fixed_ips'>[]): number {
  const ranges = subnet.allocation_pools.map(({ start, end }) => [toNumber(start), toNumber(end)] as const);
  const used = ports
    .flatMap(({ fixed_ips }) => fixed_ips)
    .filter(({ subnet_id }) => subnet_id === subnet.id)
    .map(({ ip_address }) => toNumber(ip_address));
  // Ports can have addresses outside the allocation pools: the gateway, and addresses that users chose.
  const inRanges = used.filter((address) =>
    ranges.some(([start, end]) => start <= address && address <= end),
  );
  return sizeOf(subnet) - inRanges.length;
}

/** The number of addresses in the allocation pools of an IPv4 subnet. */
function sizeOf({ allocation_pools: allocationPools }: Subnet): number {
  return allocationPools.reduce((sum, { start, end }) => sum + toNumber(end) - toNumber(start) + 1, 0);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
