import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { detach } from './detach.ts';
import { type StageName, stages } from './stages.ts';

/** How long a stage took. */
export interface StageTime {
  readonly stage: StageName;
  readonly milliseconds: number;
}

/**
 * Runs the stages in their order up to and including `until`. What was done before is done again harmlessly, so a NIC
 * can be brought up in parts: libnetwork asks for the address first and for the interface later.
 * When a stage fails, they are undone down to `undoTo` and its error is thrown: nothing is left behind of what is new.
 * A port that somebody was told of stays: its container may start again and expects the same address.
 */
export async function attach(
  nic: Nic,
  vm: Vm,
  until: StageName,
  undoTo: StageName = 'choose VLAN',
): Promise<StageTime[]> {
  const times: StageTime[] = [];
  try {
    for (const stage of stages) {
      const started = performance.now();
      await stage.up(nic, vm);
      times.push({ stage: stage.name, milliseconds: performance.now() - started });
      if (stage.name === until) break;
    }
  } catch (error) {
    await detach(nic, vm, undoTo).catch((undoing: unknown) => {
      vm.log.error({ nic: nic.id, err: undoing }, 'rollback is not complete; it will be tried again');
    });
    throw error;
  }
  vm.log.debug({ nic: nic.id, port: nic.port?.id, vlan: nic.vlan, times }, 'attached');
  return times;
}
