import { interfaceNames, rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { Stage } from './stage.ts';

/** Adds the VM's end of the veth pair to the VM's bridge as an access port of the VLAN. */
export const plugPort = {
  name: 'plug port',

  async up(nic, vm) {
    if (nic.vlan === undefined || !nic.port) return;
    await vm.vmSwitch.plug(interfaceNames(nic.vlan).vmEnd, nic.vlan, identityOf(nic));
  },

  async down(nic, vm) {
    if (nic.vlan === undefined) return;
    await vm.vmSwitch.unplug(interfaceNames(nic.vlan).vmEnd);
  },
} as const satisfies Stage;

/** Enough on the row to know after a crash whose it is, by the OVN integration guide's keys and our own. */
function identityOf(nic: Nic): Record<string, string> {
  const pairs: [string, string | undefined][] = [
    [rowKeys.ifaceId, nic.port?.id],
    [rowKeys.attachedMac, nic.port?.mac_address],
    [rowKeys.nic, nic.id],
    [rowKeys.network, nic.network.id],
    [rowKeys.container, nic.containerId],
    [rowKeys.endpoint, nic.endpointId],
  ];
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
