import type { Family } from './ip.ts';

/** How far an address or a route is valid (rtnetlink(7), rtm_scope). */
export type Scope = 'global' | 'site' | 'link' | 'host' | 'nowhere' | number;

/** An IP address of a link, as RTM_GETADDR tells it (rtnetlink(7)). */
export interface Address {
  /** Index of the link. */
  readonly link: number;
  readonly family: Family;
  /** `192.0.2.5/24` */
  readonly cidr: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: Scope;
  /** IPv6: duplicate address detection still runs, nothing can be bound to it yet. */
  readonly tentative: boolean;
}

/** What an address may be given besides itself. */
export interface AddressOptions {
  /** IPv6: usable at once, without duplicate address detection (IFA_F_NODAD). */
  noDad?: boolean;
}
