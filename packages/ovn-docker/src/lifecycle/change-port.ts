import { attach } from '../attach/attach.ts';
import { detach } from '../attach/detach.ts';
import type { Nic, NicWishes } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Gives a claimed NIC that is in no container yet another MAC address or another IP address. Neutron lets only admins
 * change the MAC address of a port (policy update_port:mac_address), so the port is made anew, with the addresses that
 * Docker was told already.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the address is another port's; then nothing of the NIC is left
 */
export async function changePort(
  nic: Nic,
  vm: Vm,
  wishes: Pick<NicWishes, 'mac' | 'addresses'>,
): Promise<void> {
  const addresses = wishes.addresses ?? nic.port?.fixed_ips.map((ip) => ip.ip_address) ?? [];
  await detach([nic], vm, 'create port');
  nic.wants = { ...nic.wants, ...wishes, addresses };
  await attach([nic], vm, 'plug port');
}
