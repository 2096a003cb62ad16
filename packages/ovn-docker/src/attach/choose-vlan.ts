import { isVlanTaken } from '../clients/neutron/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import { vlansExhausted } from '../vm/vlans.ts';
import type { Vm } from '../vm/vm.ts';
import type { Stage } from './stage.ts';

/** Picks any VLAN that is unused in this VM. */
export const chooseVlan = {
  name: 'choose VLAN',

  async up(nics, vm) {
    for (const nic of nics) nic.vlan ??= vm.vlans.claim();
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
 * Sends a request that names the VLAN; when Neutron says that somebody else holds it, the next one is tried. Ends at
 * the latest when all VLANs have been tried.
 * @throws OvnDockerError `E_VLANS_EXHAUSTED`
 */
export async function withFreeVlan<T>(
  nic: Pick<Nic, 'vlan'>,
  vm: Pick<Vm, 'vlans' | 'log'>,
  send: (vlan: number) => Promise<T>,
): Promise<T> {
  const taken = new Set<number>();
  for (;;) {
    nic.vlan ??= vm.vlans.claim();
    const { vlan } = nic;
    try {
      if (taken.has(vlan)) throw vlansExhausted();
      return await send(vlan);
    } catch (error) {
      if (!isVlanTaken(error) && !taken.has(vlan)) throw error;
      // At once, to the end of the queue: nobody tells us when the others let go of it, so it is asked for again.
      vm.vlans.release(vlan);
      delete nic.vlan;
      if (taken.has(vlan)) throw error;
      vm.log.info({ vlan }, 'VLAN is held by somebody else, trying the next');
      taken.add(vlan);
    }
  }
}
