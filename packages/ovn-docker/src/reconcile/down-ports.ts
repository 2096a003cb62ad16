import type { Port } from '@ovn-docker/openstack';

/** Whether Neutron binds it to the hypervisor of its trunk, or whoever made it said parent and tag. */
type Kind = 'subport' | 'bound';

function kindOf({ device_owner }: Port): Kind {
  return device_owner === 'trunk:subport' ? 'subport' : 'bound';
}

/** How often a port that stays DOWN is given to its parent again. */
export const TRIES = 3;

/** Since when Neutron reports a port DOWN, in milliseconds since the epoch, and what was tried since. */
export interface Down {
  readonly since: number;
  readonly tries: number;
}

/**
 * Ports that Neutron reports DOWN though the VM's own port is ACTIVE: OVN has not bound them, or its word of it was lost. It
 * takes a moment with every new port, so one must stay DOWN to be conspicuous; and a Neutron that has never shown any of its kind
 * ACTIVE (it leaves subports DOWN, or those that no trunk binds) says nothing by DOWN.
 */
export class DownPorts {
  readonly #down = new Map<string, Down>();
  /** Kinds of ports of which Neutron has shown one ACTIVE. */
  readonly #shownActive = new Set<Kind>();

  /** @param parentStatus of the VM's own port: without its hypervisor all its children are down */
  follow(ports: readonly Port[], parentStatus: string | undefined, at: number): void {
    for (const port of ports) if (port.status === 'ACTIVE') this.#shownActive.add(kindOf(port));
    const isTelling = (port: Port) =>
      port.admin_state_up && this.#shownActive.has(kindOf(port)) && parentStatus === 'ACTIVE';
    const now = new Set(
      ports.filter((port) => port.status === 'DOWN' && isTelling(port)).map(({ id }) => id),
    );
    for (const id of [...this.#down.keys()]) if (!now.has(id)) this.#down.delete(id);
    for (const id of now) if (!this.#down.has(id)) this.#down.set(id, { since: at, tries: 0 });
  }

  get(portId: string): Down | undefined {
    return this.#down.get(portId);
  }

  /** Something was done about it: it has its time again. */
  tried(portId: string, at: number): void {
    const down = this.#down.get(portId);
    if (down) this.#down.set(portId, { since: at, tries: down.tries + 1 });
  }
}
