import { claimNotes } from '../nics/claim-notes.ts';
import { explainLink } from '../nics/explain-link.ts';
import { macsNote } from '../nics/guarded-port.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import { type Nic, type PluggedNic, pluggedOf } from '../nics/nic.ts';
import { isNewPair, markPlugged } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';
import { forEachYielding } from './parts/for-each-yielding.ts';
import { requireOwnVlan } from './parts/require-own-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Adds the VM's ends of the veth pairs to the VM's bridge as access ports of their VLANs, all in one
 * transaction. A port that another program has moved to another VLAN returns to its own.
 */
export const plugPort = {
  name: 'plug port',

  async up(nics, vm) {
    const plugged = pluggedOf(nics);
    // Rows that outlived their pair: ovs-vswitchd would keep using the interface that no longer exists.
    const fresh = plugged.filter((nic) => isNewPair(nic, vm));
    // A container that has the NIC already keeps it; the reconciler reports that it shares its VLAN.
    for (const nic of plugged) if (nic.state === 'making') requireOwnVlan(nic, vm);
    await vm.vmSwitch.unplug(namesOf(fresh), { awaitClose: true });
    await forEachYielding(fresh, (nic) => markPlugged(nic, vm));
    const ports = plugged.map((nic) => ({
      name: interfaceNames(nic.vlan).vmEnd,
      vlan: nic.vlan,
      externalIds: identityOf(nic),
    }));
    for (const { name, vlan } of ports) {
      const row = vm.vmSwitch.port(name);
      if (row && row.vlan !== vlan) await vm.vmSwitch.retag(name, vlan);
    }
    await vm.vmSwitch.plug(ports);
    await forEachYielding(fresh, (nic) => bringUp(nic, vm));
  },

  async down(nics, vm) {
    await vm.vmSwitch.unplug(namesOf(nics));
  },
} as const satisfies Stage;

/**
 * Brings the VM's end up again. When ovs-vswitchd opens an interface, it sets the interface's flags from a
 * copy that it may have read before the interface was up (netdev-linux), and so takes the interface down. By
 * the time the port has an `ofport`, it has done so.
 */
function bringUp({ vlan }: PluggedNic, { netlink }: Vm): void {
  const { vmEnd } = interfaceNames(vlan);
  explainLink(`cannot bring ${vmEnd} up`, () => netlink.setLink(vmEnd, { up: true }));
}

function namesOf(nics: readonly Nic[]): string[] {
  return nics.flatMap(({ vlan }) => (vlan === undefined ? [] : [interfaceNames(vlan).vmEnd]));
}

/** The row's `external_ids`: the OVN integration guide's keys, and the agent's own to recognise the NIC. */
function identityOf({ id, port, target, wants, claim }: PluggedNic): Record<string, string> {
  const pairs: Record<string, string | undefined> = {
    [rowKeys.ifaceId]: port.id,
    [rowKeys.attachedMac]: port.mac_address,
    [rowKeys.nic]: id,
    [rowKeys.network]: target.network.id,
    [rowKeys.existing]: wants.existing && 'true',
    [rowKeys.macs]: macsNote(port),
    ...claimNotes(claim),
  };
  return Object.fromEntries(
    Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
