import type { AllocationPool } from '@ovn-docker/openstack';
import { addressToNumber, covers, numberToAddress, parseCidr } from '../addresses/cidr.ts';
import { OvnDockerError } from '../errors.ts';

/**
 * The ranges that a new subnet hands out: `--ip-range`, else all of it, without the gateway and the addresses that Docker was
 * told to keep (`--aux-address`). Undefined when Neutron's own choice does: everything but the gateway.
 * @throws OvnDockerError `E_NETWORK_OPTION` when the range is not part of the subnet, or nothing of it is left
 */
export function allocationPools(
  cidr: string,
  wanted: { range?: string | undefined; keep: readonly string[]; gateway?: string | undefined },
): AllocationPool[] | undefined {
  const { range, keep, gateway } = wanted;
  if (range === undefined && keep.length === 0) return undefined;
  const subnet = parseCidr(cidr);
  const part = range === undefined ? subnet : parseCidr(range);
  if (!covers(subnet, part)) {
    throw new OvnDockerError('E_NETWORK_OPTION', `--ip-range ${part.cidr} is not part of ${subnet.cidr}`);
  }
  // RFC 4291 §2.6.1 and RFC 919 §7: a subnet's first address, and IPv4's last, are no host's; of /31 and /32 all are.
  const isTiny = subnet.to - subnet.from < 2n;
  const first = isTiny ? subnet.from : subnet.from + 1n;
  const last = isTiny || subnet.version === 6 ? subnet.to : subnet.to - 1n;
  const holes = [...keep, ...(gateway ? [gateway] : [])]
    .map(addressToNumber)
    .sort((a, b) => (a < b ? -1 : 1));
  const end = part.to < last ? part.to : last;
  const pools: AllocationPool[] = [];
  let start = part.from > first ? part.from : first;
  const add = (to: bigint) => {
    if (start > to) return;
    const text = (number: bigint) => numberToAddress(number, subnet.version);
    pools.push({ start: text(start), end: text(to) });
  };
  for (const hole of holes.filter((number) => number >= start && number <= end)) {
    add(hole - 1n);
    start = hole + 1n;
  }
  add(end);
  if (pools.length > 0) return pools;
  throw new OvnDockerError('E_NETWORK_OPTION', `nothing of ${part.cidr} is left for containers`);
}
