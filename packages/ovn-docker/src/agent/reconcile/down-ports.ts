import type { Port } from '@ovn-docker/openstack';

/** How often a port that stays DOWN is given to its parent again. */
export const TRIES = 3;

/** Since when Neutron reports a port DOWN, in milliseconds since the epoch, and what was tried since. */
export interface Down {
  readonly since: number;
  readonly tries: number;
}

/**
 * Ports that Neutron reports DOWN though the VM's own port is ACTIVE: OVN has not bound them, or its word of it was lost. It
 * takes a moment with every new port, so one must stay DOWN to be conspicuous; and a Neutron that has never shown any of them
 * ACTIVE (it leaves subports DOWN, or nothing binds them) says nothing by DOWN.
 */
export class DownPorts {
  readonly #down = new Map<string, Down>();
  #hasShownActive = false;

  /** @param parentStatus of the VM's own port: without its hypervisor all its children are down */
  follow(ports: readonly Port[], parentStatus: string | undefined, at: number): void {
    const now = new Set(
      ports.filter((port) => port.status === 'DOWN' && port.admin_state_up).map(({ id }) => id),
    );
    this.#hasShownActive ||= ports.some((port) => port.status === 'ACTIVE');
    const isTelling = this.#hasShownActive && parentStatus === 'ACTIVE';
    for (const id of [...this.#down.keys()]) if (!isTelling || !now.has(id)) this.#down.delete(id);
    if (!isTelling) return;
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
