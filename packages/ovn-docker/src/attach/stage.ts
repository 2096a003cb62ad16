import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';

/**
 * One step of attaching a container. `up` may be run again after a crash, and `down` is its inverse: it works from
 * what is there, so that it also cleans up after an `up` that never finished.
 */
export interface Stage {
  readonly name: string;
  up(nic: Nic, vm: Vm): Promise<void>;
  down(nic: Nic, vm: Vm): Promise<void>;
}
