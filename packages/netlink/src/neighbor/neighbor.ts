import type { Family } from '../address/ip.ts';

/**
 * The kernel's states of a neighbor entry (RFC 4861 §7.3.2, ip-neighbour(8)); `none` is an entry without an
 * address.
 */
export type NeighborState =
  | 'none'
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noarp'
  | 'permanent';

/** What the kernel knows of a neighbour's MAC address, by ARP or Neighbor Discovery. */
export interface Neighbor {
  /** Index of the link. */
  readonly link: number;
  readonly family: Family;
  readonly address: string;
  /** In lower case; undefined while the kernel does not know it. */
  readonly mac?: string;
  readonly state: NeighborState;
  /**
   * Milliseconds since the neighbour last confirmed the entry, in steps of 10; undefined when the kernel
   * knows no MAC address, or does not ask for it.
   */
  readonly confirmedMs?: number;
}
