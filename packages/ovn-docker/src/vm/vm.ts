import type { Rtnetlink } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Log } from '../observe/log.ts';
import type { Guard } from './guard/guard.ts';
import type { ParentLinks } from './parent-link/parent-links.ts';
import type { Vlans } from './vlans.ts';

/** The VM as a parent of containers: everything that a stage of attach needs besides the NIC itself. */
export interface Vm {
  /** Neutron's id of the VM's own port. */
  readonly vifId: string;
  /** MAC addresses, in lower case, of the uplink and of the bridge that carries the VM's address. */
  readonly macs: readonly string[];
  /** How Neutron learns that a port is a child of the VM's own port. */
  readonly parentLinks: ParentLinks;
  readonly vlans: Vlans;
  /** Name of the VM's interface to the hypervisor, a port of the bridge. */
  readonly uplink: string;
  /** MTU of the network of the VM's own port; undefined when the project does not see that network. */
  readonly parentMtu?: number | undefined;
  readonly vmSwitch: VmSwitch;
  /** The flows on the VM's bridge that let each container send only what it may send. */
  readonly guard: Pick<Guard, 'protect' | 'restore' | 'differences'>;
  readonly netlink: Rtnetlink;
  readonly log: Log;
}
