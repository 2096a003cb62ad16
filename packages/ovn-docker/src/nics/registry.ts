import type { Nic } from './nic.ts';

/**
 * The NICs that this agent knows, by every name that callers use. Only a copy of what Neutron, the VM's
 * switch and Docker know (docs/decisions/design.md, decision 1), which `recoverNics` restores.
 */
export class NicRegistry {
  readonly #byId = new Map<string, Nic>();

  add(...nics: readonly Nic[]): void {
    for (const nic of nics) this.#byId.set(nic.id, nic);
  }

  remove(...nics: readonly Nic[]): void {
    for (const { id } of nics) this.#byId.delete(id);
  }

  get(id: string): Nic | undefined {
    return this.#byId.get(id);
  }

  /** By the label of a `--net=none` container. */
  withLabel(label: string): Nic | undefined {
    return this.#find(({ claim }) => claim?.label === label);
  }

  /** By libnetwork's endpoint id. */
  withEndpoint(endpointId: string): Nic | undefined {
    return this.#find(({ claim }) => claim?.endpointId === endpointId);
  }

  withAddress(subnetId: string, address: string): Nic | undefined {
    // Every container's start calls this over all NICs, so it creates no arrays.
    return this.#find(
      ({ port }) =>
        port?.fixed_ips.some((ip) => ip.ip_address === address && ip.subnet_id === subnetId) ?? false,
    );
  }

  onNetwork(networkId: string): Nic[] {
    return this.all().filter(({ target }) => target.network.id === networkId);
  }

  all(): Nic[] {
    return [...this.#byId.values()];
  }

  get size(): number {
    return this.#byId.size;
  }

  #find(matches: (nic: Nic) => boolean): Nic | undefined {
    for (const nic of this.#byId.values()) if (matches(nic)) return nic;
    return undefined;
  }
}
