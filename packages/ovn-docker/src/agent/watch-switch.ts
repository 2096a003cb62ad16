import type { PluggedPort, VmSwitch } from '../clients/vm-switch.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';

/**
 * Calls back when another program, for example `ovs-vsctl`, removes or changes one of the agent's ports in
 * the VM's switch, takes its interface down, or takes its VLAN. A restart of the switch needs no callback:
 * the agent loses its lock and begins its life again.
 * @returns a function that stops watching
 */
export function watchSwitch(
  vmSwitch: Pick<VmSwitch, 'onOthersChange' | 'onTakenDown' | 'port'>,
  onTouched: () => void,
): () => void {
  const isOfAgent = (port: PluggedPort | undefined) => port?.externalIds[rowKeys.nic] !== undefined;
  /** Whether one of the agent's ports is in a VLAN that the port takes. */
  const sharesVlan = ({ vlan, trunks }: PluggedPort) =>
    [vlan ?? 0, ...trunks].some((taken) => isOfAgent(vmSwitch.port(interfaceNames(taken).vmEnd)));
  const stops = [
    vmSwitch.onOthersChange((before, now) => {
      if (isOfAgent(before) ? !isSame(before, now) : now && !isOfAgent(now) && sharesVlan(now)) onTouched();
    }),
    vmSwitch.onTakenDown((name) => {
      if (isOfAgent(vmSwitch.port(name))) onTouched();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function isSame(before: PluggedPort | undefined, now: PluggedPort | undefined): boolean {
  const keys = [rowKeys.nic, rowKeys.ifaceId, rowKeys.claimed] as const;
  return (
    before !== undefined &&
    now !== undefined &&
    before.vlan === now.vlan &&
    before.vlanMode === now.vlanMode &&
    before.trunks.join() === now.trunks.join() &&
    keys.every((key) => before.externalIds[key] === now.externalIds[key])
  );
}
