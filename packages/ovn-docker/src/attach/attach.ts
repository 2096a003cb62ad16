import { OvnDockerError } from '../errors.ts';
import type { Nic } from '../nics/nic.ts';
import { observeStage } from '../observe/stage-events.ts';
import type { Vm } from '../vm/vm.ts';
import { type StageName, stages } from './stages.ts';

/**
 * Runs the stages in order up to and including `until`, for all of `nics` together. A stage that was done
 * before changes nothing when it runs again, so this also finishes what a crash left half done.
 *
 * When a stage fails, undoes the stages from the end down to `undoTo` and throws the stage's error. `undoTo`
 * keeps what others rely on: the port of a container that may start again and expects the same address.
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

/**
 * Undoes the stages in reverse order, down to and including `downTo`, for all of `nics` together. Stops at
 * the first stage that fails, because the stages before it still depend on it: a VLAN is not free while
 * Neutron may have a port on it. A second call continues where the first one stopped.
 */
export async function detach(nics: readonly Nic[], vm: Vm, downTo: StageName = 'choose VLAN'): Promise<void> {
  for (const stage of stages.toReversed()) {
    await observeStage(stage.name, 'down', nics, () => stage.down(nics, vm));
    if (stage.name === downTo) break;
  }
}

/** Work that waited in a NIC's queue can find the NIC being deleted: nothing would remove what it creates. */
function requireStaying(nics: readonly Nic[]): void {
  const leaving = nics.find(({ state }) => state === 'draining');
  if (leaving) throw new OvnDockerError('E_NIC_UNKNOWN', `NIC ${leaving.id} is being removed`);
}
