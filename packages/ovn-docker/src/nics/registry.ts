import type { Nic } from './nic.ts';

/**
 * The NICs that this agent knows, by every name that a caller may use. Only a convenience over the three truths
 * (docs/decisions/design.md, decision 1): losing it loses nothing, `recover` fills it again.
 */
export class NicRegistry {
  readonly #byId = new Map<string, Nic>();

  add(nic: Nic): void {
    this.#byId.set(nic.id, nic);
  }

  remove(nic: Nic): void {
    this.#byId.delete(nic.id);
  }

  get(id: string): Nic | undefined {
    return this.#byId.get(id);
  }

  withEndpoint(endpointId: string): Nic | undefined {
    return this.all().find((nic) => nic.endpointId === endpointId);
  }

  inContainer(containerId: string): Nic[] {
    return this.all().filter((nic) => nic.containerId === containerId);
  }

  withAddress(subnetId: string, address: string): Nic | undefined {
    return this.all().find((nic) =>
      nic.port?.fixed_ips.some((ip) => ip.subnet_id === subnetId && ip.ip_address === address),
    );
  }

  onNetwork(networkId: string): Nic[] {
    return this.all().filter((nic) => nic.network.id === networkId);
  }

  all(): Nic[] {
    return [...this.#byId.values()];
  }
}
