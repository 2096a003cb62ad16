import { addressToNumber, containsAddress, networkOf, overlaps, parseCidr } from '../../addresses/cidr.ts';
import { ipVersionOf } from '../../addresses/ip-version.ts';
import { addressesOf, type Nic } from '../../nics/nic.ts';

/** A route of a container besides the default one. */
export interface StaticRoute {
  readonly destination: string;
  /** Undefined: the destination is on the link itself. */
  readonly nexthop?: string;
}

/** The routes that a container has because of one NIC. */
export interface Routing {
  readonly gateway?: string;
  readonly gatewayIPv6?: string;
  readonly routes: readonly StaticRoute[];
  /** CIDRs that the NIC has an address on. */
  readonly connected: readonly string[];
  /** The NIC's own addresses. */
  readonly addresses: readonly string[];
}

/** The routes and networks that a container has because of its other interfaces. */
export interface Taken {
  /** Destinations of their routes. */
  readonly taken: Iterable<string>;
  /** CIDRs that they have an address on. */
  readonly beside: readonly string[];
  /** Their addresses. */
  readonly addresses: readonly string[];
}

const DEFAULTS = new Set(['0.0.0.0/0', '::/0']);
const ON_LINK = new Set(['0.0.0.0', '::']);

/**
 * The gateways of a NIC's subnets and their host routes, as a DHCP client would use them (RFC 3442: a host
 * route to everywhere comes before the gateway).
 *
 * Returns each destination once, and none that overlaps a network that the container has an address on. The
 * kernel refuses a route that exists, one whose next hop is not on the link, and one whose next hop is the
 * container itself: the container is then the router that the others use. Docker does not start a container
 * with a route that the kernel refuses, or with an address that a route covers, and it does not add networks
 * in the order in which it joins them.
 * @param internal the Docker network has no route out
 */
export function routingOf(
  nic: Pick<Nic, 'port' | 'target'>,
  { internal, taken, beside, addresses: others }: { internal: boolean } & Taken,
): Routing {
  const addresses = addressesOf(nic).map(({ address }) => address);
  const subnets = [...new Set(addressesOf(nic).map(({ subnet }) => subnet))];
  const networks = subnets.map(({ cidr }) => parseCidr(cidr));
  const connected = networks.map(({ cidr }) => cidr);
  if (internal) return { routes: [], connected, addresses };
  const own = new Set([...addresses, ...others].map(addressToNumber));
  const isOwn = (address: string) => own.has(addressToNumber(address));
  const isBroadcast = (address: string) =>
    networks.some(({ version, to, from }) => version === 4 && to > from && to === addressToNumber(address));
  const isOnSubnet = (address: string) => connected.some((cidr) => containsAddress(cidr, address));
  const isReachable = (nexthop: string) => isOnSubnet(nexthop) && !isOwn(nexthop) && !isBroadcast(nexthop);

  const present = new Set([...taken, ...connected, ...DEFAULTS]);
  const routes: StaticRoute[] = [];
  const gateway = (version: 4 | 6): string | undefined => {
    const ofVersion = subnets.filter(({ ip_version }) => ip_version === version);
    const everywhere = ofVersion
      .flatMap(({ host_routes }) => host_routes)
      .find(({ destination, nexthop }) => DEFAULTS.has(destination) && isReachable(nexthop));
    const own = ofVersion.find(({ gateway_ip }) => gateway_ip)?.gateway_ip ?? undefined;
    return everywhere?.nexthop ?? (own === undefined || isOwn(own) ? undefined : own);
  };
  for (const { destination: written, nexthop } of subnets.flatMap(({ host_routes }) => host_routes)) {
    const destination = normalised(written);
    const isOnLink = ON_LINK.has(nexthop);
    const isBeside = beside.some((cidr) => overlaps(parseCidr(cidr), parseCidr(destination)));
    if (present.has(destination) || isBeside || !(isOnLink || isReachable(nexthop))) continue;
    present.add(destination);
    routes.push({ destination, ...(isOnLink ? {} : { nexthop }) });
  }
  const [v4, v6] = [gateway(4), gateway(6)];
  return { ...(v4 ? { gateway: v4 } : {}), ...(v6 ? { gatewayIPv6: v6 } : {}), routes, connected, addresses };
}

/** A destination in normal form; Neutron stores host bits and single addresses as the user wrote them. */
function normalised(destination: string): string {
  const hostLength = ipVersionOf(destination) === 6 ? 128 : 32;
  return networkOf(destination.includes('/') ? destination : `${destination}/${hostLength}`);
}
