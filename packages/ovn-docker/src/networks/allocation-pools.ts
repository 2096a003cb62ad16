import type { AllocationPool } from '@ovn-docker/openstack';
import { addressToNumber, covers, numberToAddress, parseCidr } from '../addresses/cidr.ts';
import { OvnDockerError } from '../errors.ts';

/** What restricts the addresses that Neutron assigns in a new subnet. */
interface Restrictions {
  /** `--ip-range`, as a CIDR; undefined: the whole subnet. */
  readonly range?: string | undefined;
  /** Addresses that no container may have (`--aux-address`). */
  readonly reserved: readonly string[];
  readonly gateway?: string | undefined;
}

/**
 * The allocation pools of a new subnet: the range without the gateway and without the reserved addresses.
 * Undefined when Neutron's default is right: all addresses but the gateway.
 * @throws OvnDockerError `E_NETWORK_OPTION` when the range is not part of the subnet, or when no address
 * remains
 */
export function allocationPools(
  cidr: string,
  { range, reserved, gateway }: Restrictions,
): AllocationPool[] | undefined {
  if (range === undefined && reserved.length === 0) return undefined;
  const subnet = parseCidr(cidr);
  const part = range === undefined ? subnet : parseCidr(range);
  if (!covers(subnet, part)) {
    throw new OvnDockerError('E_NETWORK_OPTION', `--ip-range ${part.cidr} is not part of ${subnet.cidr}`);
  }
  // RFC 4291 §2.6.1 and RFC 919 §7: hosts cannot have a subnet's first address, nor IPv4's last one; in a /31
  // or /32 they can have all.
  const isTiny = subnet.to - subnet.from < 2n;
  const first = isTiny ? subnet.from : subnet.from + 1n;
  const last = isTiny || subnet.version === 6 ? subnet.to : subnet.to - 1n;
  const excluded = [...reserved, ...(gateway ? [gateway] : [])]
    .map(addressToNumber)
    .sort((a, b) => (a < b ? -1 : 1));
  const end = part.to < last ? part.to : last;
  const pools: AllocationPool[] = [];
  let start = part.from > first ? part.from : first;
  const addPoolUpTo = (to: bigint) => {
    if (start > to) return;
    const text = (number: bigint) => numberToAddress(number, subnet.version);
    pools.push({ start: text(start), end: text(to) });
  };
  for (const address of excluded.filter((number) => number >= start && number <= end)) {
    addPoolUpTo(address - 1n);
    start = address + 1n;
  }
  addPoolUpTo(end);
  if (pools.length > 0) return pools;
  throw new OvnDockerError('E_NETWORK_OPTION', `${part.cidr} has no address left for containers`);
}
