import { attach } from '../attach/attach.ts';
import { makeVeth } from '../attach/make-veth.ts';
import type { Nic } from '../nics/nic.ts';
import { isNewPair, isWhole } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Makes a new veth pair for NICs whose pair is gone, or still in a container that has ended. Port, VLAN, row
 * and claim stay: the NIC is plugged and ready for the next start.
 */
export async function renew(nics: Nic | readonly Nic[], vm: Vm): Promise<void> {
  const all = 'id' in nics ? [nics] : nics;
  for (const nic of all) delete nic.place;
  // Only the pair: the row keeps the claim until the new pair has the label.
  await makeVeth.down(
    all.filter((nic) => !isWhole(nic, vm) && !isNewPair(nic, vm)),
    vm,
  );
  // An agent that died at this point may have removed the old row without waiting for ovs-vswitchd.
  if (all.some((nic) => isNewPair(nic, vm))) await vm.vmSwitch.untilApplied();
  // A failure undoes only "plug port": if the VM's switch is away or wiped, the new pair has the label.
  await attach(all, vm, 'guard port', 'plug port');
}
