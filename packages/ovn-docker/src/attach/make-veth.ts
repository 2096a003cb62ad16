import { quietLink, setChecksumOffload } from '@ovn-docker/netlink';
import { explainLink } from '../nics/explain-link.ts';
import { interfaceNames } from '../nics/names.ts';
import { type PluggedNic, pluggedOf } from '../nics/nic.ts';
import { hasPair, markMade } from '../nics/veth-pair.ts';
import { requireMtu } from '../vm/require-mtu.ts';
import type { Vm } from '../vm/vm.ts';
import { forEachYielding } from './parts/for-each-yielding.ts';
import { removeInterface } from './parts/remove-interface.ts';
import type { Stage } from './stage.ts';

/**
 * Makes the veth pair in the VM. One end stays for the bridge; the other carries the port's MAC address and
 * moves into the container later.
 */
export const makeVeth = {
  name: 'make veth',

  async up(nics, vm) {
    const without = pluggedOf(nics).filter((nic) => !hasPair(nic, vm));
    await forEachYielding(without, (nic) => makePair(nic, vm));
    return without.length > 0;
  },

  async down(nics, vm) {
    let hasRemoved = false;
    await forEachYielding(nics, ({ vlan }) => {
      if (vlan === undefined) return;
      const { vmEnd } = interfaceNames(vlan);
      explainLink(`cannot remove ${vmEnd}`, () => {
        hasRemoved = removeInterface(vm, vmEnd) || hasRemoved;
      });
    });
    return hasRemoved;
  },
} as const satisfies Stage;

function makePair(nic: PluggedNic, vm: Vm): void {
  const { vmEnd, containerEnd } = interfaceNames(nic.vlan);
  const { mac_address: mac } = nic.port;
  // The MTU that Neutron reports leaves room for the tunnel header; without one the kernel's default applies.
  const { mtu: networkMtu } = nic.target.network;
  const mtu = networkMtu === undefined ? {} : { mtu: networkMtu };
  // Its network's MTU may have grown. A container that has the NIC already starts nevertheless.
  if (nic.state === 'making') requireMtu(nic.target, vm);
  explainLink(`cannot make ${vmEnd}`, () => {
    // The VLAN belongs to this NIC, so interfaces with these names are leftovers.
    removeInterface(vm, vmEnd);
    removeInterface(vm, containerEnd);
    vm.netlink.createVeth({ name: vmEnd, ...mtu, peer: { name: containerEnd, mac, ...mtu } });
    vm.netlink.setLink(vmEnd, { up: true });
    if (vm.vmSwitch.isUserspace) {
      // The userspace datapath reads frames before the kernel fills in their checksums: TCP would hang.
      setChecksumOffload(undefined, containerEnd, false);
      // The VM's kernel sees the same frames: its protocols must not receive them, bypassing the hypervisor.
      quietLink(undefined, vmEnd);
    }
    // Last: the alias says that the pair is complete, and for which port. The former row may be deleted now.
    markMade(nic, vm);
  });
}
