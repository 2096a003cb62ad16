import { attach } from '../attach/attach.ts';
import { isNewPair, isWhole, makeVeth } from '../attach/make-veth.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Gives NICs a new veth pair when their old one is gone or still in a container that has ended. Port, VLAN, row and claim
 * stay: they wait, plugged, for the next container or for the same one to be started again.
 */
export async function renew(nics: Nic | readonly Nic[], vm: Vm): Promise<void> {
  const all = 'id' in nics ? [nics] : nics;
  for (const nic of all) delete nic.place;
  // Only the pair: until the new one has the label of the NIC's container, its row says whose it is.
  await makeVeth.down(
    all.filter((nic) => !isWhole(nic, vm) && !isNewPair(nic, vm)),
    vm,
  );
  // An agent that ended here may have taken the old row away without waiting for ovs-vswitchd.
  if (all.some((nic) => isNewPair(nic, vm))) await vm.vmSwitch.settle();
  // And when the VM's switch is away or has lost everything, the pair says it.
  await attach(all, vm, 'plug port', 'plug port');
}
