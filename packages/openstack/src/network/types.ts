/**
 * Types of Networking API v2.0 with its own snake_case names. Only the attributes that this project uses are
 * declared; others pass through. An attribute is required if every Neutron sends it, and optional if it comes
 * from an extension or only some roles see it.
 */

/** Undeclared attributes, for example of extensions, pass through unchanged. */
export interface OpenAttributes {
  readonly [attribute: string]: unknown;
}

/** The "standard attributes" of resources. Times are ISO 8601, UTC. */
export interface StandardAttributes extends OpenAttributes {
  readonly id: string;
  readonly project_id: string;
  /** The old name of `project_id`; Neutron sends both. */
  readonly tenant_id: string;
  readonly description?: string | null;
  readonly created_at?: string;
  readonly updated_at?: string;
  /** Grows with each change. {@link UpdateOptions.ifMatch} makes a change conditional on it. */
  readonly revision_number?: number;
  readonly tags?: readonly string[];
}

/** Common attributes of new resources. Only admins may set `project_id`. */
interface CommonCreate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
  readonly project_id?: string;
}

/** Common attributes that can be changed. */
interface CommonUpdate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
}

/** Networking API v2.0, "Networks". */
export interface Network extends StandardAttributes {
  readonly name: string;
  readonly admin_state_up: boolean;
  /** `ACTIVE`, `DOWN`, `BUILD` or `ERROR`. */
  readonly status: string;
  /** Ids of the network's subnets. */
  readonly subnets: readonly string[];
  readonly shared: boolean;
  /** In bytes; extension `net-mtu`. */
  readonly mtu?: number;
  readonly port_security_enabled?: boolean;
  /** Extension `dns-integration`: the domain of the network's ports, with a trailing dot; '' for none. */
  readonly dns_domain?: string;
  readonly 'router:external'?: boolean;
  /** Admins only: `geneve`, `vlan`, `flat` …; extension `provider`. */
  readonly 'provider:network_type'?: string;
  readonly 'provider:physical_network'?: string | null;
  readonly 'provider:segmentation_id'?: number | null;
}

/** A new network. */
export interface NetworkCreate extends CommonCreate {
  readonly admin_state_up?: boolean;
  readonly shared?: boolean;
  readonly mtu?: number;
  readonly port_security_enabled?: boolean;
}

/** Attributes of a network that can be changed. */
export interface NetworkUpdate extends CommonUpdate {
  readonly admin_state_up?: boolean;
  readonly shared?: boolean;
  readonly mtu?: number;
  readonly port_security_enabled?: boolean;
}

/** A range of addresses that Neutron assigns to ports, both ends included. */
export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

/** A route that DHCP announces to the ports of a subnet. */
export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

/** Networking API v2.0, "Subnets". */
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

/** A new subnet. */
export interface SubnetCreate extends CommonCreate {
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  /** Optional if `subnetpool_id` is set. */
  readonly cidr?: string;
  /** Null for no gateway. Default: the first address. */
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly AllocationPool[];
  readonly dns_nameservers?: readonly string[];
  readonly host_routes?: readonly HostRoute[];
  readonly enable_dhcp?: boolean;
  readonly ipv6_ra_mode?: string;
  readonly ipv6_address_mode?: string;
  readonly subnetpool_id?: string;
}

/** Attributes of a subnet that can be changed. */
export interface SubnetUpdate extends CommonUpdate {
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly AllocationPool[];
  readonly dns_nameservers?: readonly string[];
  readonly host_routes?: readonly HostRoute[];
  readonly enable_dhcp?: boolean;
}

/**
 * Networking API v2.0, "Subnet pools extension": prefixes from which Neutron allocates subnets. Extension
 * `subnet_allocation`.
 */
export interface SubnetPool extends StandardAttributes {
  readonly name: string;
  readonly ip_version: 4 | 6;
  /** In CIDR notation. */
  readonly prefixes: readonly string[];
  /** Prefix lengths. Older Neutrons send them as strings. */
  readonly default_prefixlen: number | string;
  readonly min_prefixlen: number | string;
  readonly max_prefixlen: number | string;
  readonly shared: boolean;
  readonly is_default: boolean;
}

/** A new subnet pool. */
export interface SubnetPoolCreate extends CommonCreate {
  readonly prefixes: readonly string[];
  readonly default_prefixlen?: number;
  readonly min_prefixlen?: number;
  readonly max_prefixlen?: number;
}

/** Attributes of a subnet pool that can be changed. */
export interface SubnetPoolUpdate extends CommonUpdate {
  readonly prefixes?: readonly string[];
  readonly default_prefixlen?: number;
}

/** Limit for each kind of resource; -1 means unlimited. `GET /v2.0/quotas/{project}`. */
export type Quota = Readonly<Record<string, number>>;

/**
 * Limit and use for each kind of resource; limit -1 means unlimited. `GET
 * /v2.0/quotas/{project}/details.json`.
 */
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
