import { explained, isVlanTaken } from '../clients/neutron/refusals.ts';
import { type Nic, pluggedOf } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import { withFreeVlan } from './choose-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Connects the ports to the VM's own port under their VLANs: with a trunk, adds them as subports. With port
 * binding, the request that created them has connected them already.
 */
export const addSubport = {
  name: 'add subport',

  async up(nics, vm) {
    for (const [link, children] of byLink(nics, vm)) {
      await explained(
        link.add(children).catch(async (error: unknown) => {
          // Another program has one of the VLANs, and Neutron does not say which: add each port alone.
          if (!isVlanTaken(error)) throw error;
          for (const nic of children) await withFreeVlan(nic, vm, (vlan) => link.add([{ ...nic, vlan }]));
        }),
      );
    }
  },

  async down(nics, vm) {
    for (const [link, children] of byLink(nics, vm)) await explained(link.remove(children));
  },
} as const satisfies Stage;

/** Each NIC keeps the way in which it was made. */
function byLink(nics: readonly Nic[], { parentLinks }: Vm) {
  return Map.groupBy(pluggedOf(nics), (nic) => parentLinks.of(nic));
}
