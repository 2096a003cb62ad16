import { enableIpv6, Rtnetlink } from '@ovn-docker/netlink';
import { interfaceNames } from '../nics/names.ts';
import { addressesOf, type Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import { explainLink } from './make-veth.ts';
import { routingOf } from './parts/routing.ts';
import type { Stage } from './stage.ts';

/**
 * Moves the other end into the container and makes it eth0: name, addresses, up, routes. For libnetwork nothing
 * is done here: dockerd moves the interface itself, as our answer to Join tells it.
 */
export const enterContainer = {
  name: 'enter container',

  async up(nics, vm) {
    for (const nic of nics) enterOne(nic, vm);
  },

  // The veth pair goes as a whole in the stage before: nothing of it can be left in a container.
  async down(nics) {
    for (const nic of nics) delete nic.place;
  },
} as const satisfies Stage;

function enterOne(nic: Nic, vm: Vm): void {
  if (nic.vlan === undefined || !nic.place) return;
  const { containerEnd } = interfaceNames(nic.vlan);
  const { netns, interfaceName } = nic.place;
  explainLink(`cannot move ${containerEnd} into the container`, () => {
    using inside = Rtnetlink.open(netns);
    if (vm.netlink.link(containerEnd)) {
      vm.netlink.setLink(containerEnd, { netns, rename: interfaceName });
    }
    const present = new Set(inside.addresses(interfaceName).map(({ cidr }) => cidr));
    const addresses = addressesOf(nic);
    // Docker has switched IPv6 off in a container that it gave no network.
    if (addresses.some(({ cidr }) => cidr.includes(':'))) enableIpv6(netns, interfaceName);
    for (const { cidr } of addresses) {
      // Neutron has given the address to this port alone; detecting duplicates would hold it back for a second or two.
      if (!present.has(cidr)) inside.addAddress(interfaceName, cidr, { noDad: cidr.includes(':') });
    }
    inside.setLink(interfaceName, { up: true });
    for (const route of missingRoutes(inside, nic)) inside.addRoute({ ...route, link: interfaceName });
  });
}

/** The routes of the subnets that the container does not have yet: host routes, and one default route per IP version. */
function missingRoutes(inside: Rtnetlink, nic: Nic): { to: string; via?: string }[] {
  const present = inside.routes();
  const taken = present.map(({ to }) => to);
  const { gateway, gatewayIPv6, routes } = routingOf(nic, { internal: false, taken, beside: [] });
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
