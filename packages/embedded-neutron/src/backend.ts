import type { Northbound } from './northbound/northbound.ts';

/** What the operator decides about the network service; see the README for each. */
export interface NetworkSettings {
  /** MTU of tenant networks (Geneve), bytes. */
  readonly mtu: number;
  /** MTU of provider networks, bytes. */
  readonly provider_mtu: number;
  /** First three octets of MAC addresses. */
  readonly base_mac: string;
  /** Domain of the names that ports get, with a dot at its end. */
  readonly dns_domain: string;
  readonly max_allowed_address_pairs: number;
  /** Per project; -1 is no limit. */
  readonly quotas: Readonly<Record<QuotaResource, number>>;
}

/** What is counted against a project's quota. */
export const quotaResources = [
  'network',
  'subnet',
  'subnetpool',
  'port',
  'router',
  'floatingip',
  'rbac_policy',
  'security_group',
  'security_group_rule',
  'trunk',
] as const;

/** A name in {@link quotaResources}. */
export type QuotaResource = (typeof quotaResources)[number];

/** Everything that an action works on. */
export interface Backend {
  readonly nb: Northbound;
  readonly settings: NetworkSettings;
}
