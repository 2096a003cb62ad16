import type { Port, SubPort } from '@ovn-docker/openstack';
import type { Child, Disconnection, ParentLink } from './parent-link.ts';
import type { Trunk } from './trunk.ts';

/** `device_owner` of a port that Neutron has added to a trunk. */
export const SUBPORT_OWNER = 'trunk:subport';

/** Makes ports children of the VM's own port by adding them to its trunk as subports. */
export class TrunkLink implements ParentLink {
  readonly connectsLater = true;
  readonly #trunk: Trunk;

  constructor(trunk: Trunk) {
    this.#trunk = trunk;
  }

  profile(): undefined {
    return undefined;
  }

  add(children: readonly Child[]): Promise<boolean> {
    return this.#trunk.add(children.map(subportOf));
  }

  remove(children: readonly Child[]): Promise<boolean> {
    return this.#trunk.remove(children.map(subportOf));
  }

  /** Keeps the VLAN: if another port has taken it, Neutron refuses, and the NIC cannot be repaired. */
  restore(child: Child): Promise<void> {
    return this.#trunk.addAgain(subportOf(child));
  }

  async reattach(child: Child): Promise<void> {
    await this.remove([child]);
    await this.restore(child);
  }

  disconnection(_port: Port, vlan: number): Disconnection {
    const evidence = `the VM's trunk does not carry it under VLAN ${vlan}`;
    return { kind: 'lost subport', evidence, action: 'add it to the trunk again' };
  }
}

/** Whether Neutron shows the port as a subport of a trunk. */
export function isSubport({ device_owner }: Port): boolean {
  return device_owner === SUBPORT_OWNER;
}

function subportOf({ port, vlan }: Child): SubPort {
  return { port_id: port.id, segmentation_type: 'vlan', segmentation_id: vlan };
}
