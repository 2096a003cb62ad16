import { claimNotes } from '../nics/claim-notes.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { inTurns, isNewPair, markPlugged } from './make-veth.ts';
import type { Stage } from './stage.ts';

/**
 * Adds the VM's ends of the veth pairs to the VM's bridge as access ports of their VLANs, all in one transaction. One that is there under
 * another tag (that is anybody's to change) gets its own again.
 */
export const plugPort = {
  name: 'plug port',

  async up(nics, vm) {
    // Rows that outlived their pair: ovs-vswitchd would go on with the interface that it opened then.
    const fresh = nics.filter((nic) => isNewPair(nic, vm));
    await vm.vmSwitch.unplug(namesOf(fresh), { settled: true });
    await inTurns(fresh, (nic) => markPlugged(nic, vm));
    const ports = nics.flatMap((nic) =>
      nic.vlan === undefined || !nic.port
        ? []
        : [{ name: interfaceNames(nic.vlan).vmEnd, vlan: nic.vlan, externalIds: identityOf(nic) }],
    );
    for (const { name, vlan } of ports) {
      const row = vm.vmSwitch.port(name);
      if (row && row.vlan !== vlan) await vm.vmSwitch.retag(name, vlan);
    }
    await vm.vmSwitch.plug(ports);
  },

  async down(nics, vm) {
    await vm.vmSwitch.unplug(namesOf(nics));
  },
} as const satisfies Stage;

function namesOf(nics: readonly Nic[]): string[] {
  return nics.flatMap(({ vlan }) => (vlan === undefined ? [] : [interfaceNames(vlan).vmEnd]));
}

/** Enough on the row to know after a crash whose it is, by the OVN integration guide's keys and our own. */
function identityOf(nic: Nic): Record<string, string> {
  const pairs: Record<string, string | undefined> = {
    [rowKeys.ifaceId]: nic.port?.id,
    [rowKeys.attachedMac]: nic.port?.mac_address,
    [rowKeys.nic]: nic.id,
    [rowKeys.network]: nic.target.network.id,
    [rowKeys.existing]: nic.wants.existing && 'true',
    ...claimNotes(nic.claim),
  };
  return Object.fromEntries(
    Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
