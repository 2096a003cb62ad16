import type { Nic } from './nic.ts';

/**
 * The NICs that this agent knows, by every name that a caller may use. Only a convenience over the three truths
 * (docs/decisions/design.md, decision 1): losing it loses nothing, `recover` fills it again.
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

  withEndpoint(endpointId: string): Nic | undefined {
    return this.#find(({ claim }) => claim?.endpointId === endpointId);
  }

  withAddress(subnetId: string, address: string): Nic | undefined {
    // On the way of every container, over all NICs: nothing is made for it.
    return this.#find(
      ({ port }) =>
        port?.fixed_ips.some((has) => has.ip_address === address && has.subnet_id === subnetId) ?? false,
    );
  }

  withMac(networkId: string, mac: string): Nic | undefined {
    return this.#find(({ target, port }) => target.network.id === networkId && port?.mac_address === mac);
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

  #find(fits: (nic: Nic) => boolean): Nic | undefined {
    for (const nic of this.#byId.values()) if (fits(nic)) return nic;
    return undefined;
  }
}
