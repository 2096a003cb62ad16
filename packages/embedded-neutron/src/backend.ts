import type { Northbound } from './northbound/northbound.ts';

/** The operator's settings for the network service. The README describes them. */
export interface NetworkSettings {
  /** MTU of tenant networks (Geneve), in bytes. */
  readonly mtu: number;
  /** MTU of provider networks, in bytes. */
  readonly provider_mtu: number;
  /**
   * The physical networks by name, with the first and the last VLAN that the service chooses itself. If
   * undefined, a request can name any physical network.
   */
  readonly physical_networks?:
    | Readonly<Record<string, { readonly vlans: readonly [number, number] }>>
    | undefined;
  /** First three octets of generated MAC addresses. */
  readonly base_mac: string;
  /** Domain of the ports' DNS names, with a trailing dot. */
  readonly dns_domain: string;
  readonly max_allowed_address_pairs: number;
  /** Addresses that a request may ask for; automatic ones (SLAAC) do not count. */
  readonly max_fixed_ips_per_port: number;
  /**
   * Whether a trunk can be created and deleted while its port is bound, that is, while the port's VM runs. In
   * Neutron the mechanism driver decides: ML2/OVS and some releases of ML2/OVN refuse.
   */
  readonly trunk_on_bound_port: boolean;
  /** Limits per project, by singular resource name; -1 means unlimited. */
  readonly quotas: Readonly<Partial<Record<string, number>>>;
}

/** The database and the settings, which every function of the network service gets. */
export interface Backend {
  readonly nb: Northbound;
  readonly settings: NetworkSettings;
}
