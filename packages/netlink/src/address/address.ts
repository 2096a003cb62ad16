import type { Family } from './ip.ts';

/** The scope in which an address or a route is valid (rtnetlink(7), rtm_scope). */
export type Scope = 'global' | 'site' | 'link' | 'host' | 'nowhere' | number;

/** An IP address of a link, as RTM_GETADDR returns it (rtnetlink(7)). */
export interface Address {
  /** Index of the link. */
  readonly link: number;
  readonly family: Family;
  /** Address and prefix length, such as `192.0.2.5/24`. */
  readonly cidr: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: Scope;
  /**
   * IPv6: whether duplicate address detection still runs; until it ends no socket can be bound to the
   * address.
   */
  readonly tentative: boolean;
  /** Whether the address expires by itself, as one from a router advertisement does (no IFA_F_PERMANENT). */
  readonly temporary: boolean;
}

/** Options of a new address. */
export interface AddressOptions {
  /** IPv6: skip duplicate address detection, so that the address is usable at once (IFA_F_NODAD). */
  noDad?: boolean;
}
