/**
 * Wire types of Networking API v2.0, in its own snake_case: named for what is used here, open for the rest. What every
 * Neutron answers is required; what comes from an extension, or is shown to some roles only, is optional.
 */

/** Attributes of extensions that are not named here pass through untouched. */
export interface OpenAttributes {
  readonly [attribute: string]: unknown;
}

/** What all resources with "standard attributes" share. Times are ISO 8601, UTC. */
export interface StandardAttributes extends OpenAttributes {
  readonly id: string;
  readonly project_id: string;
  /** The old name of `project_id`; both are sent. */
  readonly tenant_id: string;
  readonly description?: string | null;
  readonly created_at?: string;
  readonly updated_at?: string;
  /** Grows with each change; `If-Match: revision_number=N` makes a change conditional on it. */
  readonly revision_number?: number;
  readonly tags?: readonly string[];
}

/** Order of the attributes in a create body is free; `project_id` is for admins. */
interface CommonCreate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
  readonly project_id?: string;
}

interface CommonUpdate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
}

export interface Network extends StandardAttributes {
  readonly name: string;
  readonly admin_state_up: boolean;
  /** `ACTIVE`, `DOWN`, `BUILD` or `ERROR`. */
  readonly status: string;
  /** Ids of the network's subnets. */
  readonly subnets: readonly string[];
  readonly shared: boolean;
  /** Bytes; extension `net-mtu`. */
  readonly mtu?: number;
  readonly port_security_enabled?: boolean;
  /** Extension `dns-integration`: the domain of the network's ports, with a dot at its end; empty for none. */
  readonly dns_domain?: string;
  readonly 'router:external'?: boolean;
  /** Admins only: `geneve`, `vlan`, `flat` …; extension `provider`. */
  readonly 'provider:network_type'?: string;
  readonly 'provider:physical_network'?: string | null;
  readonly 'provider:segmentation_id'?: number | null;
}

export interface NetworkCreate extends CommonCreate {
  readonly admin_state_up?: boolean;
  readonly shared?: boolean;
  readonly mtu?: number;
  readonly port_security_enabled?: boolean;
}

export interface NetworkUpdate extends CommonUpdate {
  readonly admin_state_up?: boolean;
  readonly shared?: boolean;
  readonly mtu?: number;
  readonly port_security_enabled?: boolean;
}

export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

export interface Subnet extends StandardAttributes {
  readonly name: string;
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  /** Null for a subnet without a gateway. */
  readonly gateway_ip: string | null;
  readonly allocation_pools: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly HostRoute[];
  readonly enable_dhcp: boolean;
  readonly ipv6_ra_mode?: string | null;
  readonly ipv6_address_mode?: string | null;
  readonly subnetpool_id?: string | null;
}

export interface SubnetCreate extends CommonCreate {
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  /** May be left out when a subnet pool gives it. */
  readonly cidr?: string;
  /** Null for none; the first address when left out. */
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly AllocationPool[];
  readonly dns_nameservers?: readonly string[];
  readonly host_routes?: readonly HostRoute[];
  readonly enable_dhcp?: boolean;
  readonly ipv6_ra_mode?: string;
  readonly ipv6_address_mode?: string;
  readonly subnetpool_id?: string;
}

export interface SubnetUpdate extends CommonUpdate {
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly AllocationPool[];
  readonly dns_nameservers?: readonly string[];
  readonly host_routes?: readonly HostRoute[];
  readonly enable_dhcp?: boolean;
}

/** A range of addresses that subnets are cut out of; extension `subnet_allocation`. */
export interface SubnetPool extends StandardAttributes {
  readonly name: string;
  readonly ip_version: 4 | 6;
  /** Networks in CIDR notation. */
  readonly prefixes: readonly string[];
  /** Prefix lengths; numbers, or strings as older Neutrons send them. */
  readonly default_prefixlen: number | string;
  readonly min_prefixlen: number | string;
  readonly max_prefixlen: number | string;
  readonly shared: boolean;
  readonly is_default: boolean;
}

export interface SubnetPoolCreate extends CommonCreate {
  readonly prefixes: readonly string[];
  readonly default_prefixlen?: number;
  readonly min_prefixlen?: number;
  readonly max_prefixlen?: number;
}

export interface SubnetPoolUpdate extends CommonUpdate {
  readonly prefixes?: readonly string[];
  readonly default_prefixlen?: number;
}

/** `{limit}` per kind of resource; -1 is unlimited. `GET /v2.0/quotas/{project}`. */
export type Quota = Readonly<Record<string, number>>;

/** Limit and use per kind of resource. `GET /v2.0/quotas/{project}/details.json`. */
export type QuotaDetails = Readonly<
  Record<string, { readonly limit: number; readonly used: number; readonly reserved: number }>
>;

/** One entry of `GET /v2.0/extensions`. */
export interface Extension {
  readonly alias: string;
  readonly name: string;
  readonly description: string;
  readonly updated: string;
  readonly links?: readonly unknown[];
}
