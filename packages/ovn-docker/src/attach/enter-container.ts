import { Rtnetlink } from '@ovn-docker/netlink';
import { interfaceNames } from '../nics/names.ts';
import { addressesOf } from '../nics/nic.ts';
import { explainLink } from './make-veth.ts';
import type { Stage } from './stage.ts';

/**
 * Moves the other end into the container and makes it eth0: name, addresses, up, default route. For libnetwork nothing
 * is done here: dockerd moves the interface itself, as our answer to Join tells it.
 */
export const enterContainer = {
  name: 'enter container',

  async up(nic, vm) {
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
      for (const { cidr } of addresses) if (!present.has(cidr)) inside.addAddress(interfaceName, cidr);
      inside.setLink(interfaceName, { up: true });
      const haveDefault = inside.routes().some(({ to }) => to === 'default');
      for (const { gateway } of addresses) {
        if (gateway && !haveDefault) inside.addRoute({ to: 'default', via: gateway, link: interfaceName });
      }
    });
  },

  // The veth pair goes as a whole in the stage before: nothing of it can be left in a container.
  async down(nic) {
    delete nic.place;
  },
} as const satisfies Stage;
