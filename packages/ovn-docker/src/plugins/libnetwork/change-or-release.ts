import { changePort } from '../../lifecycle/change-port.ts';
import { release } from '../../lifecycle/release.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Nic, NicWishes } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';

/** Replaces a NIC's port by one with another MAC address or IP addresses. If that fails, releases the NIC. */
export async function changeOrRelease(
  engine: Engine,
  nic: Nic,
  vm: Vm,
  wishes: Pick<NicWishes, 'mac' | 'addresses'>,
): Promise<void> {
  try {
    await changePort(nic, vm, wishes);
  } catch (error) {
    await release(engine, nic);
    throw error;
  }
}
