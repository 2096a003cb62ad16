import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * One step of bringing NICs up, for one of them or for a batch. `up` can run again after a crash. `down` is
 * its inverse and works from what exists, so that it also cleans up after an `up` that never finished. Both
 * resolve with whether there was anything to do.
 */
export interface Stage {
  readonly name: string;
  up(nics: readonly Nic[], vm: Vm): Promise<boolean>;
  down(nics: readonly Nic[], vm: Vm): Promise<boolean>;
}
