import type { NbTransaction } from './nb-transaction.ts';

/**
 * A change: reads, checks, and adds operations to the transaction. It may run several times and has no other
 * effect. A long plan is a generator that yields between its parts, so that others get a turn of the event
 * loop.
 */
export type Plan<R> = (tx: NbTransaction) => R | Generator<void, R>;

/** How a change is carried out. */
export interface ChangeOptions {
  /** Whether the plan reads only what a shared plan may read (docs/decisions/neutron-engine.md). */
  readonly shared?: boolean;
  /** Aborts when the client has hung up. A plan that is still waiting is then dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** A plan that waits to be committed. */
export interface PendingPlan {
  readonly plan: Plan<unknown>;
  exclusive: boolean;
  readonly signal: AbortSignal | undefined;
  /** When the plan was requested, by performance.now(). */
  readonly since: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}
