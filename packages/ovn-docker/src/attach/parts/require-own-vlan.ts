import { OvnDockerError } from '../../errors.ts';
import { interfaceNames } from '../../nics/names.ts';
import type { PluggedNic } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';

/**
 * Checks that nothing else on the VM's bridge has the VLAN of a NIC: another program can have taken it after
 * the stage "choose VLAN". That program would reach the container past its security groups.
 * @throws OvnDockerError `E_VLAN_SHARED`
 */
export function requireOwnVlan({ vlan }: PluggedNic, { vmSwitch, uplink }: Vm): void {
  const { vmEnd } = interfaceNames(vlan);
  const others = (vmSwitch.vlanUsers(uplink).get(vlan) ?? []).filter((name) => name !== vmEnd);
  if (others.length === 0) return;
  throw new OvnDockerError(
    'E_VLAN_SHARED',
    `VLAN ${vlan} belongs to ${others.join(' and ')} on bridge ${vmSwitch.bridge}`,
  );
}
