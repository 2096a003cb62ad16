import type { Match } from '../match/match.ts';
import type { Instructions } from './instructions.ts';

/** An entry of a flow table (OpenFlow 1.4 §5.2). */
export interface Flow {
  /** 0 to 254; frames begin in table 0. */
  readonly table: number;
  /** 0 to 65535: of the flows that match, the one with the highest priority counts. */
  readonly priority: number;
  /** Opaque to the switch; says whose flow this is. */
  readonly cookie: bigint;
  readonly match: Match;
  readonly instructions: Instructions;
}

/** A flow as the switch reports it. */
export interface FlowStats extends Flow {
  /** Seconds since the flow was added. */
  readonly durationSeconds: number;
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** Which flows: those that agree with everything that is named. */
export interface FlowFilter {
  /** Every table when left out. */
  readonly table?: number;
  /** Flows whose cookie has these bits where the mask has ones. */
  readonly cookie?: Masked64;
  /** Flows whose match is at least as narrow as this one. */
  readonly match?: Match;
}

/** 64 bits of which only those of the mask count. */
export interface Masked64 {
  readonly value: bigint;
  readonly mask: bigint;
}

/** Which single flow: table, priority and match identify a flow. */
export type FlowKey = Pick<Flow, 'table' | 'priority' | 'match'> & Pick<FlowFilter, 'cookie'>;

/**
 * A change of the flow tables. `add` replaces the flow with the same table, priority and match, and its
 * counters. Deleting what does not exist is no error.
 */
export type FlowChange =
  | { readonly add: Flow }
  | { readonly delete: FlowKey }
  | { readonly deleteAll: FlowFilter };
