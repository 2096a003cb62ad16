import type { PluggedPort, VmSwitch } from '../clients/vm-switch.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';

/**
 * Calls back when another program, for example `ovs-vsctl`, removes or changes one of the agent's ports in
 * the VM's switch, or takes the VLAN of one. A restart of the switch needs no callback: the agent loses its
 * lock and begins its life again.
 * @returns a function that stops watching
 */
export function watchSwitch(
  vmSwitch: Pick<VmSwitch, 'onOthersChange' | 'port'>,
  onTouched: () => void,
): () => void {
  const isOfAgent = (port: PluggedPort | undefined) => port?.externalIds[rowKeys.nic] !== undefined;
  /** Whether one of the agent's ports is in a VLAN that the port takes. */
  const sharesVlan = ({ vlan, trunks = [] }: PluggedPort) =>
    [vlan ?? 0, ...trunks].some((taken) => isOfAgent(vmSwitch.port(interfaceNames(taken).vmEnd)));
  return vmSwitch.onOthersChange((before, now) => {
    if (isOfAgent(before) ? !isSame(before, now) : now && !isOfAgent(now) && sharesVlan(now)) onTouched();
  });
}

function isSame(before: PluggedPort | undefined, now: PluggedPort | undefined): boolean {
  const keys = [rowKeys.nic, rowKeys.ifaceId, rowKeys.claimed] as const;
  return (
    now !== undefined &&
    before?.vlan === now.vlan &&
    keys.every((key) => before?.externalIds[key] === now.externalIds[key])
  );
}
