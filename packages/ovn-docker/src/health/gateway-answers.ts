import { type Neighbor, Rtnetlink } from '@ovn-docker/netlink';
import { addressesOf, type Nic } from '../nics/nic.ts';
import type { GatewayView } from './types.ts';

/** Path of the network namespace of a NIC's container; undefined while the agent does not know it. */
export function netnsOf({ place, claim }: Pick<Nic, 'place' | 'claim'>): string | undefined {
  return place?.netns ?? claim?.sandbox;
}

/** The gateways of the NIC's subnets, each once. */
export function gatewaysOf(nic: Pick<Nic, 'port' | 'target'>): string[] {
  return [...new Set(addressesOf(nic).flatMap(({ subnet }) => subnet.gateway_ip || []))];
}

/**
 * When each gateway of the NIC last answered the container, from the kernel's neighbor cache in the
 * container's namespace. Sends nothing.
 * @param now milliseconds since the epoch
 */
export function gatewayAnswers(nic: Nic, now: number): GatewayView[] {
  const gateways = gatewaysOf(nic);
  if (gateways.length === 0) return [];
  const neighbors = neighborsIn(netnsOf(nic));
  return gateways.map((address) => {
    const confirmed = neighbors.find((neighbor) => neighbor.address === address)?.confirmedMs;
    return {
      address,
      ...(confirmed === undefined ? {} : { answered: new Date(now - confirmed).toISOString() }),
    };
  });
}

function neighborsIn(netns: string | undefined): Neighbor[] {
  if (netns === undefined) return [];
  try {
    using inside = Rtnetlink.open(netns);
    return inside.neighbors();
  } catch {
    // The container has ended meanwhile.
    return [];
  }
}
