import { attach, detach } from '../attach/attach.ts';
import type { Nic, NicWishes } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Gives a claimed NIC, before it is in a container, another MAC or IP address. Neutron lets only admins
 * change the MAC address of a port (policy update_port:mac_address), so the port is created again, with the
 * addresses that Docker already knows.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when another port has the address; then all parts of the NIC are
 * deleted
 */
export async function changePort(
  nic: Nic,
  vm: Vm,
  wishes: Pick<NicWishes, 'mac' | 'addresses'>,
): Promise<void> {
  const addresses = wishes.addresses ?? nic.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
  await detach([nic], vm, 'create port');
  nic.wants = { ...nic.wants, ...wishes, addresses };
  await attach([nic], vm, 'guard port');
}
