import { isWaitFailure, OvsdbOperationError, OvsdbOutcomeUnknownError } from '@ovn-docker/ovsdb';
import { NorthboundAwayError } from '../errors.ts';
import { Batch, type BatchContext } from './batch.ts';
import type { GuardRow } from './guard-row.ts';
import type { PendingPlan } from './pending-plan.ts';
import type { Turn } from './turn.ts';

/** A batch that the guards refused this often fails: something else than other replicas is wrong. */
const MAX_LOSSES = 100;
/** A batch takes the turn after this many losses, or when this time has passed since the first one. */
const LOSSES_BEFORE_TURN = 3;
const PATIENCE_MS = 100;
/** How long a plan waits for the database. */
const AWAY_MS = 5_000;
/** How long a plan that was sent waits for the database to be back, so that its outcome can be read. */
const OUTCOME_MS = 45_000;

/** What the queue needs besides the {@link BatchContext}. */
export interface QueueContext {
  readonly guardRow: GuardRow;
  readonly turn: Turn;
  /** Makes the context of a batch. The region is chosen anew after a lost race. */
  readonly batchContext: () => BatchContext;
  readonly chooseRegion: () => void;
  /** Whether the replica is up to date. */
  readonly isReady: () => boolean;
  /** Resolves with true as soon as the replica is up to date, with false after `timeoutMs`. */
  readonly whenReady: (timeoutMs: number) => Promise<boolean>;
}

/** Carries out plans in the order in which they come, as many as possible with one transaction. */
export class CommitQueue {
  readonly #context: QueueContext;
  #waiting: PendingPlan[] = [];
  #busy = false;
  /** Resolves when the queue is no longer busy. */
  #idle: Promise<void> = Promise.resolve();
  /** When the database last answered or was found absent. */
  #heard = performance.now();
  #commits = 0;
  /** The number of plans that are committed one by one, because a batch with them failed. */
  #single = 0;
  #losses = 0;
  #lostSince = 0;

  constructor(context: QueueContext) {
    this.#context = context;
  }

  add(pending: PendingPlan): void {
    this.#waiting.push(pending);
    if (this.#busy) return;
    this.#busy = true;
    this.#idle = this.#run();
  }

  /** Notes a sign of life of the database. */
  heard(): void {
    this.#heard = performance.now();
  }

  /** Resolves when no plan waits. */
  async drained(): Promise<void> {
    while (this.#busy) await this.#idle;
  }

  async #run(): Promise<void> {
    const timer = setInterval(() => this.#refuseStale(AWAY_MS), AWAY_MS / 10);
    // Requests that arrive in the same turn of the event loop share the first batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      try {
        if (await this.#ready()) await this.#commit(await this.#plan());
      } catch (error) {
        // The database refused to prepare the guard row or to take the turn.
        for (const pending of this.#waiting.splice(0)) pending.reject(error);
      }
    }
    clearInterval(timer);
    this.#busy = false;
  }

  /** Waits for the database and for the turn of another replica to end. */
  async #ready(): Promise<boolean> {
    const { whenReady, turn, guardRow } = this.#context;
    const [first] = this.#waiting;
    if (!first) return false;
    if (!(await whenReady(Math.max(0, first.since + AWAY_MS - performance.now())))) {
      this.#refuseStale(0);
      return false;
    }
    if (!guardRow.complete) await guardRow.prepare();
    const impatient =
      this.#losses >= LOSSES_BEFORE_TURN ||
      (this.#losses > 0 && performance.now() - this.#lostSince > PATIENCE_MS);
    if (impatient) await turn.take();
    else await turn.free();
    return true;
  }

  /** Moves waiting plans into a batch. Plans whose client has hung up are dropped. */
  async #plan(): Promise<Batch> {
    const exclusive = this.#waiting[0]?.exclusive ?? false;
    const batch = new Batch(this.#context.batchContext(), exclusive);
    for (;;) {
      const [next] = this.#waiting;
      if (!next || next.exclusive !== exclusive || batch.full) return batch.finish();
      if (this.#single > 0 && batch.planned.length > 0) return batch.finish();
      this.#waiting.shift();
      if (next.signal?.aborted) {
        next.reject(next.signal.reason);
        continue;
      }
      if (await batch.add(next)) continue;
      next.exclusive = true;
      this.#waiting.unshift(next);
    }
  }

  async #commit(batch: Batch): Promise<void> {
    const { guardRow, turn, batchContext } = this.#context;
    if (batch.operations.operations.length === 0) {
      await turn.release();
      this.#deliver(batch);
      return;
    }
    // What was planned on a state before an outage must not be sent after it.
    if (!this.#context.isReady()) {
      this.#requeue(batch);
      return;
    }
    const number = String(++this.#commits);
    try {
      const tx = batchContext().transaction();
      guardRow.guard(tx, { guards: batch.guards, turn: turn.own, number });
      await tx.append(batch.operations).commit();
      this.#heard = performance.now();
      turn.committed();
      this.#deliver(batch);
    } catch (error) {
      if (error instanceof OvsdbOutcomeUnknownError) await this.#settle(batch, number, error);
      else if (isWaitFailure(error)) this.#lose(batch, error);
      else await this.#fail(batch, error);
    }
  }

  #deliver(batch: Batch): void {
    this.#losses = 0;
    this.#single = Math.max(0, this.#single - batch.planned.length);
    for (const { deliver } of batch.planned) deliver();
  }

  /** The guards did not hold. */
  #lose(batch: Batch, error: unknown): void {
    this.#heard = performance.now();
    this.#losses += 1;
    if (this.#losses === 1) this.#lostSince = performance.now();
    this.#context.chooseRegion();
    if (this.#losses < MAX_LOSSES) {
      this.#requeue(batch);
    } else {
      this.#losses = 0;
      for (const { pending } of batch.planned) pending.reject(new NorthboundAwayError('contended', error));
    }
  }

  /** The database refused the transaction, or there was no connection. */
  async #fail(batch: Batch, error: unknown): Promise<void> {
    if (error instanceof OvsdbOperationError && batch.planned.length > 1) {
      this.#single = batch.planned.length;
      this.#requeue(batch);
      return;
    }
    await this.#context.turn.release().catch(() => undefined);
    this.#single = Math.max(0, this.#single - 1);
    for (const { pending } of batch.planned) pending.reject(error);
  }

  #requeue(batch: Batch): void {
    this.#waiting.unshift(...batch.planned.map(({ pending }) => pending));
  }

  /**
   * Finds out whether a transaction took effect whose answer was lost. Each commit of this replica requires
   * the number of the one before, so writing another number makes sure that it cannot take effect later.
   */
  async #settle(batch: Batch, number: string, cause: unknown): Promise<void> {
    const { guardRow, whenReady, turn } = this.#context;
    const deadline = performance.now() + OUTCOME_MS;
    for (;;) {
      const left = deadline - performance.now();
      if (left < 0 || !(await whenReady(left))) {
        for (const { pending } of batch.planned) pending.reject(new NorthboundAwayError('unknown', cause));
        return;
      }
      this.#heard = performance.now();
      if (guardRow.lastCommit === number) {
        turn.committed();
        this.#deliver(batch);
        return;
      }
      // The number is missing if the database was recreated, and an earlier one if it was restored or if this
      // server of a cluster lags behind. In the last case the fence fails until the server has caught up.
      const seen = guardRow.lastCommit;
      const fenced = seen === '' || (await guardRow.fence(seen, String(++this.#commits)).catch(() => false));
      if (fenced) {
        this.#requeue(batch);
        return;
      }
    }
  }

  /** Refuses the plans that have waited too long for a database that does not answer. */
  #refuseStale(silentMs: number): void {
    const now = performance.now();
    if (now - this.#heard < silentMs) return;
    const stale = this.#waiting.filter(({ since }) => now - since >= AWAY_MS);
    if (stale.length === 0) return;
    this.#waiting = this.#waiting.filter(({ since }) => now - since < AWAY_MS);
    for (const pending of stale) pending.reject(new NorthboundAwayError('away'));
  }
}
