import { isVlanTaken } from '../clients/neutron/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import type { Stage } from './stage.ts';

/** Reserves a VLAN that is unused in this VM. */
export const chooseVlan = {
  name: 'choose VLAN',

  async up(nics, vm) {
    for (const nic of nics) nic.vlan ??= vm.vlans.reserve();
  },

  async down(nics, vm) {
    for (const nic of nics) {
      if (nic.vlan === undefined) continue;
      vm.vlans.release(nic.vlan);
      delete nic.vlan;
    }
  },
} as const satisfies Stage;

/**
 * Sends a request that names the NIC's VLAN. If Neutron reports that another port has the VLAN, sends it
 * again with the next free one, and tries each VLAN at most once.
 * @throws OvnDockerError `E_VLANS_EXHAUSTED`
 */
export async function withFreeVlan<T>(
  nic: Pick<Nic, 'vlan'>,
  vm: Pick<Vm, 'vlans' | 'log'>,
  send: (vlan: number) => Promise<T>,
): Promise<T> {
  const taken = new Set<number>();
  for (;;) {
    nic.vlan ??= vm.vlans.reserve();
    const { vlan } = nic;
    try {
      if (taken.has(vlan)) throw vm.vlans.exhausted();
      return await send(vlan);
    } catch (error) {
      if (!isVlanTaken(error) && !taken.has(vlan)) throw error;
      // Free again at once, at the end of the queue: no event reports when the other port is deleted, so try
      // it again later.
      vm.vlans.release(vlan);
      delete nic.vlan;
      if (taken.has(vlan)) throw error;
      vm.log.info({ vlan }, 'another port under the VM has this VLAN; trying the next');
      taken.add(vlan);
    }
  }
}
