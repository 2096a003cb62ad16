import type { BindingProfile, Neutron, Port } from '@ovn-docker/openstack';

/** A Neutron port with the VLAN under which the VM's own port carries it. A NIC that has both is a child. */
export interface Child {
  /** The client whose credential may change the port. */
  readonly neutron: Neutron;
  /** As Neutron last described it. A link that changes its `binding:profile` stores the new one here. */
  port: Port;
  readonly vlan: number;
}

/** Why a port is not connected under its VLAN, and what the agent does about it, in words. */
export interface Disconnection {
  readonly kind: 'lost subport' | 'moved subport' | 'lost binding';
  readonly evidence: string;
  readonly action: string;
}

/**
 * One way of telling Neutron that a port is a child of the VM's own port, and which VLAN it has
 * (docs/decisions/parent-link.md). All methods reject with errors of the OpenStack client.
 */
export interface ParentLink {
  /** Whether `add` connects a port that exists already, so that attach can finish what a crash left. */
  readonly connectsLater: boolean;
  /** Parent and VLAN for the port's `binding:profile`; undefined when the port itself does not name them. */
  profile(vlan: number): BindingProfile | undefined;
  /**
   * Connects new ports, all in one request. Ports that are connected already cost none.
   * @returns whether there was anything to do
   */
  add(children: readonly Child[]): Promise<boolean>;
  /**
   * Disconnects ports that are about to be deleted, all in one request.
   * @returns whether there was anything to do
   */
  remove(children: readonly Child[]): Promise<boolean>;
  /** Connects a port again under its own VLAN after another program disconnected it. */
  restore(child: Child): Promise<void>;
  /** Disconnects and reconnects a port, so that OVN binds it anew. If this fails, `restore` completes it. */
  reattach(child: Child): Promise<void>;
  /** Describes a port that is not connected any more. */
  disconnection(port: Port, vlan: number): Disconnection;
}
