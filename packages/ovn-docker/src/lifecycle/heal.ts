import { attach } from '../attach/attach.ts';
import { explainLink } from '../nics/explain-link.ts';
import { driftsNow } from '../nics/look-at.ts';
import { interfaceNames } from '../nics/names.ts';
import { isPlugged, type Nic, type PluggedNic } from '../nics/nic.ts';
import { readAlias } from '../nics/pair-alias.ts';
import { isElsewhere } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';
import { renew } from './renew.ts';

/**
 * Restores whatever another program, a crash or ovs-vswitchd has changed of NICs in the VM's kernel and
 * switch. An unclaimed NIC gets a new veth pair if its own is broken. A claimed one keeps what its container
 * has, and gets a pair only if it has none.
 * @throws OvnDockerError `E_LINK`, `E_SWITCH` when a NIC is still not healthy
 */
export async function heal(nics: readonly Nic[], vm: Vm): Promise<void> {
  const ill = nics.filter((nic) => isPlugged(nic) && driftsNow(nic, vm).length > 0);
  for (const nic of ill) if (isPlugged(nic)) takeNameBack(nic, vm);
  // A found NIC whose interface is in a container has an owner, although the agent does not know it yet.
  const isInUse = (nic: Nic) => nic.claim !== undefined || (nic.state === 'found' && isElsewhere(nic, vm));
  const [used, unused] = [ill.filter(isInUse), ill.filter((nic) => !isInUse(nic))];
  if (unused.length > 0) await renew(unused, vm);
  if (used.length > 0) await attach(used, vm, 'guard port', 'enter container');
}

/**
 * Gives the VM's end its name again if another program has renamed it: its alias still names the port. Then
 * ovs-vswitchd must open it again.
 */
function takeNameBack({ vlan, port }: PluggedNic, { netlink }: Vm): void {
  const { vmEnd } = interfaceNames(vlan);
  if (netlink.link(vmEnd)) return;
  const renamed = netlink.links().find(({ alias }) => readAlias(alias)?.portId === port.id);
  if (!renamed) return;
  explainLink(`cannot rename ${renamed.name} to ${vmEnd}`, () => {
    // Kernels before 6.2 rename no interface that is up.
    netlink.setLink(renamed.index, { up: false });
    netlink.setLink(renamed.index, { rename: vmEnd, up: true });
  });
}
