import { NetlinkError, quietLink } from '@ovn-docker/netlink';
import { OvnDockerError } from '../errors.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Stage } from './stage.ts';

/**
 * Makes the veth pair in the VM: one end stays for the bridge, the other carries the port's MAC and will be moved into
 * the container.
 */
export const makeVeth = {
  name: 'make veth',

  async up(nic, vm) {
    if (nic.vlan === undefined || !nic.port) return;
    const { vmEnd, containerEnd } = interfaceNames(nic.vlan);
    // Neutron says the MTU that the network carries (Geneve takes its share); without it the kernel's default stands.
    const mtu = nic.network.mtu === undefined ? {} : { mtu: nic.network.mtu };
    const mac = nic.port.mac_address;
    const alias = `ovn-docker ${nic.port.id}`;
    if (vm.netlink.link(vmEnd)?.alias === alias) return;
    // A row that outlived its pair: ovs-vswitchd would go on with the interface that it opened then.
    await vm.vmSwitch.unplug(vmEnd);
    explainLink(`cannot make ${vmEnd}`, () => {
      const present = vm.netlink.link(vmEnd);
      // Another pair of that name is a leftover: the VLAN is ours, so nobody else uses the name.
      if (present) vm.netlink.deleteLink(vmEnd);
      vm.netlink.createVeth({ name: vmEnd, ...mtu, peer: { name: containerEnd, mac, ...mtu } });
      vm.netlink.setLink(vmEnd, { up: true });
      if (vm.vmSwitch.isUserspace) {
        // The userspace datapath sees frames before the kernel has filled in their checksums, and TCP would hang.
        vm.netlink.setChecksumOffload(containerEnd, false);
        // And the VM's kernel sees what the datapath sees: it must not answer the container past the hypervisor.
        quietLink(undefined, vmEnd);
      }
      // Last: the alias says that the pair is complete.
      vm.netlink.setLink(vmEnd, { alias });
    });
  },

  async down(nic, vm) {
    if (nic.vlan === undefined) return;
    const { vmEnd } = interfaceNames(nic.vlan);
    explainLink(`cannot remove ${vmEnd}`, () => {
      if (vm.netlink.link(vmEnd)) vm.netlink.deleteLink(vmEnd);
    });
  },
} as const satisfies Stage;

/** Runs netlink work; what the kernel refuses becomes `E_LINK`. */
export function explainLink(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    throw new OvnDockerError('E_LINK', `${what}: ${error.message}`, { cause: error });
  }
}
