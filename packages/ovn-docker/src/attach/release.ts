import type { Nic } from '../nics/nic.ts';
import type { NicRegistry } from '../nics/registry.ts';
import type { Vm } from '../nics/vm.ts';
import { detach } from './detach.ts';

/**
 * Takes a NIC away for good. What is in this VM goes first; what cannot be done at the moment is kept in the list and
 * tried again by {@link retryReleases}, so that a container's end never waits for an API that is away. From the start
 * nobody finds the NIC any more: Neutron may give its address to the next one before all of it is gone.
 */
export async function release(nic: Nic, vm: Vm, registry: NicRegistry, draining: Set<Nic>): Promise<void> {
  registry.remove(nic);
  try {
    await detach(nic, vm);
    draining.delete(nic);
  } catch (error) {
    draining.add(nic);
    vm.log.warn(
      { nic: nic.id, port: nic.port?.id, err: error },
      'release is not complete; it will be tried again',
    );
  }
}

/** Tries again what {@link release} could not finish. */
export async function retryReleases(vm: Vm, registry: NicRegistry, draining: Set<Nic>): Promise<void> {
  for (const nic of [...draining]) await release(nic, vm, registry, draining);
}
