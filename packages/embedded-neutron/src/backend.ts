import type { Northbound } from './northbound/northbound.ts';

/** What the operator configures for the network service; the README describes each setting. */
export interface NetworkSettings {
  /** MTU of tenant networks (Geneve), bytes. */
  readonly mtu: number;
  /** MTU of provider networks, bytes. */
  readonly provider_mtu: number;
  /** First three octets of generated MAC addresses. */
  readonly base_mac: string;
  /** Domain of the ports' DNS names, with a trailing dot. */
  readonly dns_domain: string;
  readonly max_allowed_address_pairs: number;
  /** Limits per project, by singular resource name; -1 is no limit. */
  readonly quotas: Readonly<Partial<Record<string, number>>>;
}

/** What every action of the network service works on: the database and the operator's settings. */
export interface Backend {
  readonly nb: Northbound;
  readonly settings: NetworkSettings;
}
