import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { type StageName, stages } from './stages.ts';

/**
 * Undoes the stages in reverse order, down to and including `downTo`. Stops at the first that fails: what comes before
 * it in the list still depends on it (a VLAN is not free while Neutron may still have a port on it). Run again, it
 * goes on where it stopped.
 */
export async function detach(nic: Nic, vm: Vm, downTo: StageName = 'choose VLAN'): Promise<void> {
  for (const stage of stages.toReversed()) {
    await stage.down(nic, vm);
    if (stage.name === downTo) break;
  }
  vm.log.debug({ nic: nic.id, downTo }, 'detached');
}
