import { quietLink } from '@ovn-docker/netlink';
import { OvnDockerError } from '../errors.ts';
import { explainLink } from '../nics/explain-link.ts';
import type { DriftKind } from '../nics/health.ts';
import { driftsNow, isQuiet } from '../nics/look-at.ts';
import { interfaceNames } from '../nics/names.ts';
import { type Nic, type PluggedNic, pluggedOf } from '../nics/nic.ts';
import { whileReplaced } from '../nics/replaced-rows.ts';
import { accessPortOf } from '../nics/row-identity.ts';
import { recordTargets } from '../nics/target-records.ts';
import { isNewPair, markPlugged, writeLabel } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';
import { forEachYielding } from './parts/for-each-yielding.ts';
import { requireOwnVlan } from './parts/require-own-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Adds the VM's ends of the veth pairs to the VM's bridge as access ports of their VLANs, all in one
 * transaction, or restores the rows that another program has changed. At the end every NIC is healthy
 * (`nics/health.ts`), or the stage fails.
 */
export const plugPort = {
  name: 'plug port',

  async up(nics, vm) {
    const plugged = pluggedOf(nics);
    // A container that has the NIC already keeps it; the reconciler reports that it shares its VLAN.
    for (const nic of plugged) if (nic.state === 'making') requireOwnVlan(nic, vm);
    // Join runs this stage for NICs that are healthy: one look, and nothing else.
    const ill = plugged.filter((nic) => driftsNow(nic, vm).length > 0);
    if (ill.length === 0) return false;
    // First: an agent without Neutron reads the networks of the rows that it finds.
    await recordTargets(vm.vmSwitch, new Set(ill.map(({ target }) => target)));
    const has = (nic: PluggedNic, ...kinds: DriftKind[]) =>
      driftsNow(nic, vm).some(({ kind }) => kinds.includes(kind));
    const fresh = ill.filter((nic) => isNewPair(nic, vm));
    // Rows that outlived their pair: ovs-vswitchd would keep using the interface that no longer exists.
    const unusable = ill.filter((nic) => has(nic, 'not switched') || fresh.includes(nic));
    const replace = async () => {
      await vm.vmSwitch.unplug(namesOf(unusable), { awaitClose: true });
      await forEachYielding(fresh, (nic) => markPlugged(nic, vm));
      const changed = ill.filter((nic) => has(nic, 'wrong VLAN', 'wrong row'));
      if (changed.length > 0) await vm.vmSwitch.restore(changed.map(accessPortOf));
      await vm.vmSwitch.plug(ill.map(accessPortOf));
    };
    await whileReplaced(vm.vmSwitch, unusable, replace);
    await forEachYielding(ill, (nic) => {
      writeLabel(nic, vm);
      if (has(nic, 'wrong link')) restoreLinks(nic, vm);
      requireHealthy(nic, vm);
    });
    return true;
  },

  async down(nics, vm) {
    const names = namesOf(nics);
    const isPluggedNow = names.some((name) => vm.vmSwitch.port(name) !== undefined);
    await vm.vmSwitch.unplug(names);
    return isPluggedNow;
  },
} as const satisfies Stage;

/**
 * Sets what `wrong link` compares, except a master that only the kernel datapath can set. This comes last:
 * when ovs-vswitchd opens an interface, it sets the interface's flags from a copy that it may have read
 * before the interface was up (netdev-linux), and so takes the interface down. By the time the port has an
 * `ofport`, it has done so. It also sets the MTU that a row asks for.
 */
function restoreLinks({ vlan, port, target }: PluggedNic, { netlink, vmSwitch }: Vm): void {
  const { vmEnd, containerEnd } = interfaceNames(vlan);
  const mtu = target.network.mtu === undefined ? {} : { mtu: target.network.mtu };
  explainLink(`cannot restore ${vmEnd}`, () => {
    netlink.setLink(vmEnd, { up: true, ...mtu, ...(vmSwitch.isUserspace ? { master: null } : {}) });
    if (isLoud(vmEnd, { netlink, vmSwitch })) quietLink(undefined, vmEnd);
    if (netlink.link(containerEnd)) netlink.setLink(containerEnd, { mac: port.mac_address, ...mtu });
  });
}

function isLoud(vmEnd: string, vm: Pick<Vm, 'netlink' | 'vmSwitch'>): boolean {
  const link = vm.netlink.link(vmEnd);
  return link !== undefined && isQuiet(link, vm) === false;
}

/** @throws OvnDockerError `E_LINK` or `E_SWITCH` */
function requireHealthy(nic: PluggedNic, vm: Vm): void {
  const [drift] = driftsNow(nic, vm);
  if (!drift) return;
  const isLink = drift.kind === 'broken pair' || drift.kind === 'wrong link';
  throw new OvnDockerError(isLink ? 'E_LINK' : 'E_SWITCH', drift.evidence);
}

function namesOf(nics: readonly Nic[]): string[] {
  return nics.flatMap(({ vlan }) => (vlan === undefined ? [] : [interfaceNames(vlan).vmEnd]));
}
