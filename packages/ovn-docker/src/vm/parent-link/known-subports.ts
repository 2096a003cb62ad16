import type { SubPort } from '@ovn-docker/openstack';

/**
 * The subports that Neutron has shown or confirmed: adding these again costs no request. Reads and changes of
 * the trunk can overlap, and the answer to a read can be older than a change.
 */
export class KnownSubports {
  /** VLAN by port id. */
  readonly #vlans = new Map<string, number>();
  /** Ports of the change in progress. */
  #changing: ReadonlySet<string> = new Set();
  /** For each read in progress, the ports that changed meanwhile. */
  readonly #reads = new Set<Set<string>>();

  /** Whether Neutron has shown or confirmed the port under this VLAN. */
  has({ port_id, segmentation_id }: SubPort): boolean {
    return this.#vlans.get(port_id) === segmentation_id;
  }

  /** Takes these for confirmed until the next read: an earlier agent plugged them after Neutron had. */
  assume(subports: readonly SubPort[]): void {
    this.#add(subports);
  }

  /**
   * Runs a read and stores its answer. Ports that changed during the read keep what is known of them: the
   * answer may be older than the change.
   */
  async read(send: () => Promise<readonly SubPort[]>): Promise<readonly SubPort[]> {
    const uncertain = new Set(this.#changing);
    this.#reads.add(uncertain);
    try {
      const subports = await send();
      this.#learn(subports, uncertain);
      return subports;
    } finally {
      this.#reads.delete(uncertain);
    }
  }

  /** Forgets the ports, runs a change of them, and learns those that it adds. One change at a time. */
  async change(
    kind: 'add' | 'remove',
    subports: readonly SubPort[],
    send: () => Promise<void>,
  ): Promise<void> {
    this.#changing = new Set(subports.map(({ port_id }) => port_id));
    for (const id of this.#changing) {
      this.#vlans.delete(id);
      for (const read of this.#reads) read.add(id);
    }
    try {
      await send();
      if (kind === 'add') this.#add(subports);
    } finally {
      this.#changing = new Set();
    }
  }

  #learn(subports: readonly SubPort[], uncertain: ReadonlySet<string>): void {
    const listed = new Set(subports.map(({ port_id }) => port_id));
    for (const id of this.#vlans.keys()) if (!uncertain.has(id) && !listed.has(id)) this.#vlans.delete(id);
    this.#add(subports.filter(({ port_id }) => !uncertain.has(port_id)));
  }

  #add(subports: readonly SubPort[]): void {
    for (const { port_id, segmentation_id } of subports) this.#vlans.set(port_id, segmentation_id);
  }
}
