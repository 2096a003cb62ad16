import type { Port, Subnet } from '@ovn-docker/openstack';
import { containsAddress } from '../clients/cidr.ts';
import { explained } from '../clients/refusals.ts';
import type { AgentState } from '../nics/agent-state.ts';
import type { NicPool } from '../nics/pool.ts';

/** What a pool leaves for others: addresses of each subnet, ports of the project's quota, VLANs of the VM. */
const RESERVE = { addresses: 4, ports: 8, vlans: 16 } as const;

/**
 * How many NICs may be made for a pool without taking the last addresses, quota or VLANs of the tenant. Neutron tells
 * tenants the use of their quota; addresses in use are counted from the ports that the tenant sees, which on somebody
 * else's shared network are only its own: there, Neutron's refusal is the limit.
 */
export async function roomFor(
  pool: NicPool,
  state: AgentState,
  wanted: number,
): Promise<{ room: number; limit: string }> {
  const vm = await state.vm();
  const quota = await explained(state.neutron.quotaDetails());
  const { limit, used, reserved } = quota['port'] ?? { limit: -1, used: 0, reserved: 0 };
  const ports = await explained(
    state.neutron.ports.all({ network_id: pool.target.network.id, fields: ['fixed_ips'] }),
  );
  const limits: [string, number][] = [
    ['VLANs of this VM', vm.vlans.free - RESERVE.vlans],
    ['quota of ports', limit < 0 ? wanted : limit - used - reserved - RESERVE.ports],
    ...pool.target.subnets
      .filter(({ ip_version }) => ip_version === 4)
      .map((subnet): [string, number] => [
        `addresses of ${subnet.cidr}`,
        freeAddresses(subnet, ports) - reserveOf(subnet),
      ]),
  ];
  const [name, least] = limits.reduce((a, b) => (b[1] < a[1] ? b : a));
  return { room: Math.max(0, Math.min(wanted, least)), limit: name };
}

/** A small subnet cannot spare as many. */
function reserveOf(subnet: Subnet): number {
  return Math.min(RESERVE.addresses, Math.ceil(sizeOf(subnet) / 8));
}

function freeAddresses(subnet: Subnet, ports: readonly Pick<Port, 'fixed_ips'>[]): number {
  const used = ports.flatMap(({ fixed_ips }) => fixed_ips).filter(({ subnet_id }) => subnet_id === subnet.id);
  const inPools = used.filter(({ ip_address }) => containsAddress(subnet.cidr, ip_address));
  return sizeOf(subnet) - inPools.length;
}

/** Addresses in the allocation pools of an IPv4 subnet. */
function sizeOf({ allocation_pools: pools }: Subnet): number {
  return pools.reduce((sum, { start, end }) => sum + toNumber(end) - toNumber(start) + 1, 0);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
