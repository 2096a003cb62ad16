import type { Port } from '@ovn-docker/openstack';
import type { Nic } from '../../nics/nic.ts';
import type { Vm } from '../vm.ts';

/** `device_owner` that Neutron gives to a trunk's subport. */
export const SUBPORT_OWNER = 'trunk:subport';

/**
 * Whether a port's own `binding:profile` says that it is under this parent with the NIC's VLAN. A subport's may say so too
 * (ML2/OVN writes it there), but that is the trunk's doing and goes with it.
 */
export function isBoundUnder(
  { port, vlan }: Pick<Nic, 'vlan'> & { readonly port?: Port | undefined },
  vifId: string,
): boolean {
  if (!port || port.device_owner === SUBPORT_OWNER) return false;
  const { parent_name: parent, tag } = port['binding:profile'] ?? {};
  return parent === vifId && tag === vlan;
}

/** Whether the trunk carries a NIC or shall carry it. What an agent in the other mode has made stays as it is for its life. */
export function isByTrunk(
  nic: Pick<Nic, 'port' | 'vlan'>,
  { mode, vifId }: Pick<Vm, 'mode' | 'vifId'>,
): boolean {
  return mode === 'trunk' ? !isBoundUnder(nic, vifId) : nic.port?.device_owner === SUBPORT_OWNER;
}

/** Whether a NIC's port is under the VM's with the NIC's VLAN, by the trunk's subports or by its own binding. */
export function isUnderParent(
  nic: Pick<Nic, 'port' | 'vlan'>,
  vm: Pick<Vm, 'mode' | 'vifId'>,
  subports: ReadonlyMap<string, number>,
): boolean {
  const { port, vlan } = nic;
  if (!port || vlan === undefined) return false;
  const carried = subports.get(port.id);
  if (carried === vlan || isBoundUnder(nic, vm.vifId)) return true;
  // Who is not shown a port's binding cannot tell.
  return carried === undefined && port['binding:profile'] === undefined && !isByTrunk(nic, vm);
}
