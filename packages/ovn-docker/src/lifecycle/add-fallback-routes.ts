import { isNetlinkError, Rtnetlink } from '@ovn-docker/netlink';
import { ipVersionOf } from '../addresses/ip-version.ts';
import type { Nic } from '../nics/nic.ts';

/**
 * The smallest metric of a fallback route. Docker's own default routes have 0 (IPv4) and 1024 (IPv6), so the
 * container uses a fallback route only while it has none of Docker's.
 */
const FIRST_METRIC = 4096;

/**
 * Adds default routes through `claim.gateways` in a container that publishes ports. Docker would publish the
 * ports on the network whose gateway it knows, so the agent does not tell it the gateway of a logical network
 * (docs/decisions/published-ports.md). A second call changes nothing.
 * @param netns path of the container's network namespace
 * @returns false while dockerd has not brought the NIC's interface up there
 * @throws NetlinkError when the kernel refuses a route
 */
export function addFallbackRoutes({ claim, port, target }: Nic, netns: string): boolean {
  using inside = openNetns(netns);
  const link = inside?.links().find(({ mac }) => mac === port?.mac_address);
  if (!inside || !link?.up) return false;
  // dockerd adds the addresses first. IPv6 may be disabled in the container.
  const addresses = inside.addresses(link.name).filter(({ scope }) => scope === 'global');
  const versions = new Set(addresses.map(({ cidr }) => ipVersionOf(cidr)));
  for (const via of claim?.gateways ?? []) {
    if (!versions.has(ipVersionOf(via))) continue;
    try {
      inside.addRoute({ to: 'default', via, link: link.name, metric: metricOf(target.network.id) });
    } catch (error) {
      if (!isNetlinkError(error, 'EEXIST')) throw error;
    }
  }
  return true;
}

/**
 * Differs between networks and stays the same for one: among several logical networks, a container uses the
 * same gateway after every start. Docker joins them in no fixed order.
 */
function metricOf(networkId: string): number {
  return FIRST_METRIC + (Number.parseInt(networkId.slice(0, 3), 16) || 0);
}

/** Undefined when the namespace does not exist: before Docker 28, dockerd makes it after Join. */
function openNetns(netns: string): Rtnetlink | undefined {
  try {
    return Rtnetlink.open(netns);
  } catch (error) {
    if (isNetlinkError(error, 'ENOENT') || isNetlinkError(error, 'EINVAL')) return undefined;
    throw error;
  }
}
