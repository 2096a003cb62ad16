import { isVlanTaken } from '../clients/neutron/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import type { Stage } from './stage.ts';

/** Reserves a VLAN that is unused in this VM. */
export const chooseVlan = {
  name: 'choose VLAN',

  async up(nics, vm) {
    const without = nics.filter(({ vlan }) => vlan === undefined);
    for (const nic of without) nic.vlan = vm.vlans.reserve();
    return without.length > 0;
  },

  async down(nics, vm) {
    const vlans = nics.flatMap(({ vlan }) => vlan ?? []);
    for (const nic of nics) delete nic.vlan;
    for (const vlan of vlans) vm.vlans.release(vlan);
    return vlans.length > 0;
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
