import { isVlanTaken } from '../clients/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
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
  const taken: number[] = [];
  try {
    for (;;) {
      nic.vlan ??= vm.vlans.claim();
      try {
        return await send(nic.vlan);
      } catch (error) {
        if (!isVlanTaken(error)) throw error;
        vm.log.info({ vlan: nic.vlan }, 'VLAN is held by somebody else, trying the next');
        taken.push(nic.vlan);
        delete nic.vlan;
      }
    }
  } finally {
    // Nobody tells us when the others let go of theirs: these go to the end of the queue and are asked for again.
    for (const vlan of taken) vm.vlans.release(vlan);
  }
}
