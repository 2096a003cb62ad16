import type { NetworkWithSubnets } from '../clients/neutron/networks.ts';
import type { NetworkOptions } from './options.ts';

/** What a Docker network needs from Neutron. `plugins/libnetwork/` makes it from the request of dockerd. */
export interface NetworkPlan {
  /** The existing Neutron network that the user names; undefined: the agent creates one. */
  readonly existing: NetworkWithSubnets | undefined;
  readonly options: NetworkOptions;
  /** Whether containers get no gateway and no static route. */
  readonly internal: boolean;
  readonly subnets: readonly SubnetPlan[];
}

/** One subnet of the plan. Addresses are without a prefix length. */
export interface SubnetPlan {
  readonly cidr: string;
  readonly gateway: string | undefined;
  /** Addresses that no container may have. */
  readonly reserved: readonly string[];
  /** The part of `cidr` from which containers get addresses, as a CIDR; undefined: all of it. */
  readonly range?: string | undefined;
  /** The subnet pool from which Neutron allocates the subnet. */
  readonly subnetPoolId?: string | undefined;
  /** Docker's PoolID for the subnet. */
  readonly ipamPoolId?: string | undefined;
  /** Whether Docker's own IPAM driver chooses the addresses. */
  readonly isDockers?: boolean;
}
