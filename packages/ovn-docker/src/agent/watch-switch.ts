import type { PluggedPort, VmSwitch } from '../clients/vm-switch.ts';
import { rowKeys } from '../nics/names.ts';

/**
 * Calls back when another program removes or changes one of the agent's ports in the VM's switch, for example
 * `ovs-vsctl`. A restart of the switch needs no callback: the agent loses its lock and begins its life again.
 * @returns a function that stops watching
 */
export function watchSwitch(vmSwitch: Pick<VmSwitch, 'onOthersChange'>, onTouched: () => void): () => void {
  return vmSwitch.onOthersChange((before, now) => {
    if (before.externalIds[rowKeys.nic] !== undefined && !isSame(before, now)) onTouched();
  });
}

function isSame(before: PluggedPort, now: PluggedPort | undefined): boolean {
  const keys = [rowKeys.nic, rowKeys.ifaceId, rowKeys.claimed] as const;
  return (
    now !== undefined &&
    before.vlan === now.vlan &&
    keys.every((key) => before.externalIds[key] === now.externalIds[key])
  );
}
