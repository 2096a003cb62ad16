import type { Rtnetlink } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Log } from '../observe/log.ts';
import type { ParentMode } from './parent-link/parent-mode.ts';
import type { Trunk } from './parent-link/trunk.ts';
import type { Vlans } from './vlans.ts';

/** The VM as a parent of containers: everything that a stage of attach needs besides the NIC itself. */
export interface Vm {
  /** Neutron's id of the VM's own port. */
  readonly vifId: string;
  /** MAC addresses of the uplink and of the bridge that carries the VM's address, in lower case. */
  readonly macs: readonly string[];
  readonly mode: ParentMode;
  readonly vlans: Vlans;
  readonly vmSwitch: VmSwitch;
  readonly netlink: Rtnetlink;
  /** The trunk on the VM's own port; in port-binding mode nothing is asked of it. */
  readonly trunk: Trunk;
  readonly log: Log;
}
