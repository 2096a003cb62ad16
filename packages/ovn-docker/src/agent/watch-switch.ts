import type { PluggedPort, VmSwitch } from '../clients/vm-switch.ts';
import { rowKeys } from '../nics/names.ts';

/**
 * Calls back when somebody else has removed a port of ours from the VM's switch, or changed what it is: `ovs-vsctl` in other hands.
 * That the switch itself was away needs no such look: with it the lock is lost, and all begins anew.
 * @returns ends it
 */
export function watchSwitch(vmSwitch: Pick<VmSwitch, 'onOthersChange'>, onTouched: () => void): () => void {
  return vmSwitch.onOthersChange((was, is) => {
    if (was.externalIds[rowKeys.nic] !== undefined && !isSame(was, is)) onTouched();
  });
}

function isSame(was: PluggedPort, is: PluggedPort | undefined): boolean {
  const keys = [rowKeys.nic, rowKeys.ifaceId, rowKeys.claimed] as const;
  return (
    is !== undefined &&
    was.vlan === is.vlan &&
    keys.every((key) => was.externalIds[key] === is.externalIds[key])
  );
}
