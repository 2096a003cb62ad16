import type { AccessPort } from '../clients/vm-switch.ts';
import { claimNotes } from './claim-notes.ts';
import { macsNote } from './guarded-port.ts';
import { interfaceNames, rowKeys } from './names.ts';
import type { PluggedNic } from './nic.ts';
import { portNote } from './port-note.ts';

/** The access port of a NIC in the VM's switch, as the stage "plug port" makes it. */
export function accessPortOf(nic: PluggedNic): AccessPort {
  const { vlan, claim, port } = nic;
  const { vmEnd: name } = interfaceNames(vlan);
  return {
    name,
    vlan,
    externalIds: identityOf(nic),
    notes: { [rowKeys.macs]: macsNote(port), [rowKeys.port]: portNote(nic), ...claimNotes(claim) },
  };
}

/**
 * What both rows of a NIC say about it: the OVN integration guide's keys, and the agent's own.
 */
export function identityOf({ id, port, target, wants }: PluggedNic): Record<string, string> {
  return {
    [rowKeys.ifaceId]: port.id,
    [rowKeys.attachedMac]: port.mac_address,
    [rowKeys.nic]: id,
    [rowKeys.network]: target.network.id,
    ...(wants.existing ? { [rowKeys.existing]: 'true' } : {}),
  };
}
