import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { attach } from './attach.ts';
import { detach } from './detach.ts';

/**
 * Gives a NIC that is not plugged yet another MAC address. Neutron lets only admins change that of a port
 * (policy update_port:mac_address), so the port is made anew with the same IP addresses.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the MAC address is another port's; then nothing of the NIC is left
 */
export async function changeMac(nic: Nic, vm: Vm, mac: string): Promise<void> {
  const [fixed] = nic.port?.fixed_ips ?? [];
  nic.wants = {
    ...nic.wants,
    mac,
    ...(fixed ? { subnetId: fixed.subnet_id, address: fixed.ip_address } : {}),
  };
  await detach(nic, vm, 'create port');
  await attach(nic, vm, 'add subport');
}
