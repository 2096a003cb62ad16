import { explained, isVlanTaken } from '../clients/neutron/refusals.ts';
import { type Nic, pluggedOf } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import { withFreeVlan } from './choose-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Connects the ports to their parent under their VLANs: in trunk mode, adds them to the trunk as subports.
 * With port binding, the request that created the ports has already connected them.
 */
export const addSubport = {
  name: 'add subport',

  async up(nics, vm) {
    let hasAdded = false;
    for (const [link, children] of byLink(nics, vm)) {
      const added = await explained(
        link.add(children).catch(async (error: unknown) => {
          // Another program has one of the VLANs, and Neutron does not say which: add each port alone.
          if (!isVlanTaken(error)) throw error;
          for (const nic of children) await withFreeVlan(nic, vm, (vlan) => link.add([{ ...nic, vlan }]));
          return true;
        }),
      );
      hasAdded ||= added;
    }
    return hasAdded;
  },

  async down(nics, vm) {
    let hasRemoved = false;
    for (const [link, children] of byLink(nics, vm)) {
      const removed = await explained(link.remove(children));
      hasRemoved ||= removed;
    }
    return hasRemoved;
  },
} as const satisfies Stage;

/** Groups the NICs by the way that connects their ports: a NIC keeps the way in which it was made. */
function byLink(nics: readonly Nic[], { parentLinks }: Vm) {
  return Map.groupBy(pluggedOf(nics), (nic) => parentLinks.of(nic));
}
