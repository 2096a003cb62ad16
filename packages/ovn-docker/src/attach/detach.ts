import type { Nic } from '../nics/nic.ts';
import { observeStage } from '../observe/stage-events.ts';
import type { Vm } from '../vm/vm.ts';
import { type StageName, stages } from './stages.ts';

/**
 * Undoes the stages in reverse order, down to and including `downTo`, for all of `nics` together. Stops at the first that
 * fails: what comes before it in the list still depends on it (a VLAN is not free while Neutron may still have a port on
 * it). Run again, it goes on where it stopped.
 */
export async function detach(nics: readonly Nic[], vm: Vm, downTo: StageName = 'choose VLAN'): Promise<void> {
  for (const stage of stages.toReversed()) {
    await observeStage(stage.name, 'down', nics, () => stage.down(nics, vm));
    if (stage.name === downTo) break;
  }
}
