import type { Port } from '@ovn-docker/openstack';
import { isSubport } from '../vm/parent-link/trunk-link.ts';

/** How the port is bound to its hypervisor: as a subport of a trunk, or by its own `binding:profile`. */
type Kind = 'subport' | 'bound';

function kindOf(port: Port): Kind {
  return isSubport(port) ? 'subport' : 'bound';
}

/** How many times the agent reattaches a port that stays DOWN. */
export const TRIES = 3;

/** The most ports that one pass reattaches: more would slow a busy hypervisor down further. */
export const MANY = 5;

export interface Down {
  /** Time of the first DOWN report, or of the last repair, in milliseconds since the epoch. */
  readonly since: number;
  /** Repairs so far. */
  readonly tries: number;
}

/**
 * Ports that Neutron reports DOWN although the VM's own port is ACTIVE: OVN has not bound them, or its
 * notification was lost. Every new port is DOWN for a moment, so callers report only ports that stay DOWN. A
 * Neutron that has never reported a port of the same kind ACTIVE leaves such ports DOWN for good; there, DOWN
 * says nothing.
 */
export class DownPorts {
  readonly #down = new Map<string, Down>();
  /** Whether the last port that went ACTIVE or was given up after a repair went ACTIVE. */
  #hasHelped = false;
  /** The kinds of which Neutron has reported a port ACTIVE. */
  readonly #reportedActive = new Set<Kind>();

  /**
   * Compares with what Neutron reports now.
   * @param parentStatus status of the VM's own port: while it is not ACTIVE, all its children are DOWN
   * @param at milliseconds since the epoch
   */
  update(ports: readonly Port[], parentStatus: string | undefined, at: number): void {
    for (const port of ports) if (port.status === 'ACTIVE') this.#reportedActive.add(kindOf(port));
    const isMeaningful = (port: Port) =>
      port.admin_state_up && this.#reportedActive.has(kindOf(port)) && parentStatus === 'ACTIVE';
    const now = new Set(
      ports.filter((port) => port.status === 'DOWN' && isMeaningful(port)).map(({ id }) => id),
    );
    const active = new Set(ports.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id));
    for (const [id, { tries }] of this.#down) {
      if (tries > 0 && (active.has(id) || tries > TRIES)) this.#hasHelped = active.has(id);
      if (!now.has(id)) this.#down.delete(id);
    }
    if (now.size === 0) this.#hasHelped = false;
    for (const id of now) if (!this.#down.has(id)) this.#down.set(id, { since: at, tries: 0 });
  }

  get(portId: string): Down | undefined {
    return this.#down.get(portId);
  }

  /**
   * Whether many ports are DOWN together: they have one cause, such as a hypervisor that is busy or reports
   * nothing, and the traffic of their containers may pass. Reattaching them all could interrupt it for
   * nothing, so the agent tries one port at a time, until it has seen a port go ACTIVE after a repair.
   */
  get areTogether(): boolean {
    return this.#down.size > MANY && !this.#hasHelped;
  }

  /** Counts a repair and restarts the port's time. */
  countRepair(portId: string, at: number): void {
    const down = this.#down.get(portId);
    if (down) this.#down.set(portId, { since: at, tries: down.tries + 1 });
  }
}
