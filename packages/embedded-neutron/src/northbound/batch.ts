import type { NbTables, Transaction } from '@ovn-docker/ovsdb';
import { Draft } from './draft.ts';
import type { GuardRow } from './guard-row.ts';
import { Guards } from './guards.ts';
import { MustBeExclusive, NbTransaction, SharedView } from './nb-transaction.ts';
import type { PendingPlan } from './pending-plan.ts';
import { SetAdditions } from './set-additions.ts';
import { pause } from './slices.ts';
import type { ReplicaView, View } from './view.ts';

/** A batch takes no further plan when it has this many plans or operations. */
const MAX_PLANS = 64;
const MAX_OPERATIONS = 2_000;

/** What a batch needs from the engine. */
export interface BatchContext {
  readonly view: ReplicaView;
  readonly guardRow: GuardRow;
  readonly region: number;
  readonly transaction: () => Transaction<NbTables>;
  /** Lets all readers of this process see a view while `run` works. */
  readonly reading: <R>(view: View, run: () => R) => R;
}

/** Plans that one transaction commits. */
export class Batch {
  readonly exclusive: boolean;
  readonly guards = new Guards();
  readonly operations: Transaction<NbTables>;
  /** The plans, in order, with their results or the errors that they threw. */
  readonly planned: { readonly pending: PendingPlan; readonly deliver: () => void }[] = [];
  readonly #context: BatchContext;
  readonly #draft: Draft;
  /** What the plans add to sets of rows. */
  readonly #additions = new SetAdditions();

  constructor(context: BatchContext, exclusive: boolean) {
    this.#context = context;
    this.exclusive = exclusive;
    this.#draft = new Draft(context.view);
    this.operations = context.transaction();
    if (exclusive) this.guards.generation = context.guardRow.generation;
  }

  get full(): boolean {
    return this.planned.length >= MAX_PLANS || this.operations.operations.length >= MAX_OPERATIONS;
  }

  /** Adds the operations that the plans share. No plan is added after that. */
  finish(): this {
    this.#additions.flush(this.operations);
    return this;
  }

  /**
   * Carries out a plan on the draft. Resolves with false if it must be exclusive and the batch is not; the
   * plan then has no effect.
   */
  async add(pending: PendingPlan): Promise<boolean> {
    const { guardRow, region, transaction } = this.#context;
    const mark = this.#draft.mark;
    const operations = transaction();
    const tx = new NbTransaction({
      draft: this.#draft,
      operations,
      guardRow,
      exclusive: this.exclusive,
      region,
    });
    const view = this.exclusive ? this.#draft : new SharedView(this.#draft, tx.guards);
    try {
      const result = await this.#run(view, pending, tx);
      const meets = [...tx.changed].some(([row, columns]) => this.#additions.meets(row, columns));
      if (meets) this.#additions.flush(this.operations);
      this.operations.append(operations);
      tx.additions.moveTo(this.#additions);
      this.guards.add(tx.guards);
      this.planned.push({ pending, deliver: () => pending.resolve(result) });
    } catch (error) {
      this.#draft.rollBack(mark);
      if (error instanceof MustBeExclusive) return false;
      // The plan may have refused what it saw because of an earlier plan of the batch, which may still fail.
      this.planned.push({ pending, deliver: () => pending.reject(error) });
    }
    return true;
  }

  async #run(view: View, pending: PendingPlan, tx: NbTransaction): Promise<unknown> {
    const { reading } = this.#context;
    const started = reading(view, () => pending.plan(tx));
    if (!isIterator(started)) return started;
    for (;;) {
      const step = reading(view, () => started.next());
      if (step.done) return step.value;
      await pause();
    }
  }
}

function isIterator(value: unknown): value is Iterator<unknown, unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { next?: unknown }).next === 'function'
  );
}
