import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * One step of bringing NICs up, for one of them or for a whole batch. `up` may be run again after a crash, and `down` is
 * its inverse: it works from what is there, so that it also cleans up after an `up` that never finished.
 */
export interface Stage {
  readonly name: string;
  up(nics: readonly Nic[], vm: Vm): Promise<void>;
  down(nics: readonly Nic[], vm: Vm): Promise<void>;
}
