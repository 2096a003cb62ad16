import { OvnDockerError } from '../errors.ts';
import type { Nic } from '../nics/nic.ts';
import { observeStage } from '../observe/stage-events.ts';
import type { Vm } from '../vm/vm.ts';
import { detach } from './detach.ts';
import { type StageName, stages } from './stages.ts';

/**
 * Runs the stages in their order up to and including `until`, for all of `nics` together. What was done before is done
 * again harmlessly, so this also finishes what a crash left half done.
 * When a stage fails, they are undone down to `undoTo` and its error is thrown: nothing is left behind of what is new.
 * A port that somebody was told of stays: its container may start again and expects the same address.
 */
export async function attach(
  nics: readonly Nic[],
  vm: Vm,
  until: StageName,
  undoTo: StageName = 'choose VLAN',
): Promise<void> {
  requireStaying(nics);
  try {
    for (const stage of stages) {
      await observeStage(stage.name, 'up', nics, () => stage.up(nics, vm));
      if (stage.name === until) break;
    }
  } catch (error) {
    await detach(nics, vm, undoTo).catch((undoing: unknown) => {
      vm.log.error(
        { nics: nics.map(({ id }) => id), err: undoing },
        'rollback is not complete; it will be tried again',
      );
    });
    throw error;
  }
}

/** Whoever waited for its turn may find the NIC on its way out; what is made of it now, nobody would remove. */
function requireStaying(nics: readonly Nic[]): void {
  const leaving = nics.find(({ state }) => state === 'draining');
  if (leaving) throw new OvnDockerError('E_NIC_UNKNOWN', `NIC ${leaving.id} is being removed`);
}
