import {
  enableIpv6,
  NetlinkError,
  type RouteSpec,
  Rtnetlink,
  refuseAdvertisements,
} from '@ovn-docker/netlink';
import { ipVersionOf } from '../addresses/ip-version.ts';
import { explainLink } from '../nics/explain-link.ts';
import { interfaceNames } from '../nics/names.ts';
import { addressesOf, learnsFromRouter, type PluggedNic, pluggedOf } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import { routingOf } from './parts/routing.ts';
import type { Stage } from './stage.ts';

/**
 * Moves the container's end into the container's namespace and configures it: name, addresses, up, routes.
 * NICs of the libnetwork driver have no `place`: dockerd moves their interface after Join.
 */
export const enterContainer = {
  name: 'enter container',

  async up(nics, vm) {
    const placed = pluggedOf(nics).filter(({ place }) => place);
    for (const nic of placed) enterOne(nic, vm);
    return placed.length > 0;
  },

  // The stage "make veth" deletes both ends of the pair, wherever they are: this one only forgets the
  // container.
  async down(nics) {
    for (const nic of nics) delete nic.place;
    return false;
  },
} as const satisfies Stage;

function enterOne(nic: PluggedNic, vm: Vm): void {
  if (!nic.place) return;
  const { containerEnd } = interfaceNames(nic.vlan);
  const { netns, interfaceName, withoutIpv6 = false } = nic.place;
  explainLink(`cannot move ${containerEnd} into the container`, () => {
    using inside = Rtnetlink.open(netns);
    if (vm.netlink.link(containerEnd)) {
      vm.netlink.setLink(containerEnd, { netns, rename: interfaceName });
    }
    const present = new Set(inside.addresses(interfaceName).map(({ cidr }) => cidr));
    const all = addressesOf(nic).map(({ cidr }) => cidr);
    const cidrs = all.filter((cidr) => !(withoutIpv6 && isIpv6(cidr)));
    // Docker disables IPv6 in a container without a Docker network.
    if (cidrs.some(isIpv6)) enableIpv6(netns, interfaceName);
    for (const cidr of cidrs) {
      // Neutron has allocated the address to this port alone; duplicate detection would take a second or two.
      if (!present.has(cidr)) inside.addAddress(interfaceName, cidr, { noDad: isIpv6(cidr) });
    }
    // No other container or VM of the network decides about the routes of this one.
    if (!learnsFromRouter(nic)) refuseAdvertisements(netns, interfaceName);
    inside.setLink(interfaceName, { up: true });
    for (const route of missingRoutes(inside, nic)) {
      if (!(withoutIpv6 && isIpv6Route(route))) addRoute(inside, { ...route, link: interfaceName }, vm);
    }
  });
}

/** A route that the kernel refuses does not prevent the container from starting. */
function addRoute(inside: Rtnetlink, route: RouteSpec, { log }: Pick<Vm, 'log'>): void {
  try {
    inside.addRoute(route);
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    log.warn({ ...route, err: error }, 'the kernel refuses a route of a container');
  }
}

function isIpv6Route({ to, via }: { to: string; via?: string }): boolean {
  return ipVersionOf(via ?? to) === 6;
}

function isIpv6(cidr: string): boolean {
  return ipVersionOf(cidr) === 6;
}

/** The routes that the container lacks: the subnets' host routes, and one default route per IP version. */
function missingRoutes(inside: Rtnetlink, nic: PluggedNic): { to: string; via?: string }[] {
  const present = inside.routes();
  const taken = present.map(({ to }) => to);
  const { gateway, gatewayIPv6, routes } = routingOf(nic, {
    internal: false,
    taken,
    beside: [],
    addresses: [],
  });
  const hasDefault = (version: 4 | 6) =>
    present.some(({ family, to }) => family === version && to === 'default');
  return [
    ...routes.map(({ destination: to, nexthop }) => ({
      to,
      ...(nexthop === undefined ? {} : { via: nexthop }),
    })),
    ...(gateway && !hasDefault(4) ? [{ to: 'default', via: gateway }] : []),
    ...(gatewayIPv6 && !hasDefault(6) ? [{ to: 'default', via: gatewayIPv6 }] : []),
  ];
}
