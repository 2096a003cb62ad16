import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { attach } from './attach.ts';
import { isWhole, makeVeth } from './make-veth.ts';

/**
 * Gives NICs a new veth pair when their old one is gone or still in a container that has ended. Port, VLAN, row and claim
 * stay: they wait, plugged, for the next container or for the same one to be started again.
 */
export async function renew(nics: Nic | readonly Nic[], vm: Vm): Promise<void> {
  const all = 'id' in nics ? [nics] : nics;
  for (const nic of all) delete nic.place;
  // Only the pair: its row tells `make veth` that ovs-vswitchd must let go of the old one first.
  await makeVeth.down(
    all.filter((nic) => !isWhole(nic, vm)),
    vm,
  );
  await attach(all, vm, 'plug port', 'make veth');
}
