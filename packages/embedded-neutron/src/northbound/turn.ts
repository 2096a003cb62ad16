import type { NbTables, Replica } from '@ovn-docker/ovsdb';
import { OvsdbTimeoutError } from '@ovn-docker/ovsdb';
import type { GuardRow } from './guard-row.ts';

/** A replica that has the turn for this long is dead or stopped: the others end its turn. */
const HOLDER_MS = 2_000;

/**
 * The exclusive right to commit, which a replica takes when it lost too many races. While one replica has it,
 * the guards of all other replicas fail, so the holder cannot lose.
 */
export class Turn {
  readonly #replica: Replica<NbTables>;
  readonly #guardRow: GuardRow;
  readonly #name: string;
  #count = 0;
  #own = '';

  constructor(replica: Replica<NbTables>, guardRow: GuardRow, replicaId: string) {
    this.#replica = replica;
    this.#guardRow = guardRow;
    this.#name = replicaId;
  }

  /** The turn that this replica has; '' if it has none. Each turn has another name. */
  get own(): string {
    return this.#own;
  }

  /** Waits until no other replica has the turn. Ends the turn of a holder that is dead or stopped. */
  async free(): Promise<void> {
    for (;;) {
      const { turn } = this.#guardRow;
      if (turn === '' || turn === this.#own) return;
      // This replica has lost its connection while it took the turn.
      const stale = turn.startsWith(`${this.#name}:`) || !(await this.#changes(turn));
      if (stale) await this.#guardRow.exchangeTurn(turn, '');
    }
  }

  /** Takes the turn, after the replicas that have it now. */
  async take(): Promise<void> {
    while (this.#own === '' || this.#guardRow.turn !== this.#own) {
      this.#own = '';
      await this.free();
      const turn = `${this.#name}:${++this.#count}`;
      if (await this.#guardRow.exchangeTurn('', turn)) this.#own = turn;
    }
  }

  /** Gives the turn back without a commit. */
  async release(): Promise<void> {
    if (this.#own === '') return;
    const own = this.#own;
    this.#own = '';
    await this.#guardRow.exchangeTurn(own, '');
  }

  /** Notes that a commit has ended the turn. */
  committed(): void {
    this.#own = '';
  }

  /** Resolves with true when another turn begins or this one ends, with false if that takes too long. */
  async #changes(turn: string): Promise<boolean> {
    try {
      await this.#replica.until(() => this.#guardRow.turn !== turn, { timeoutMs: HOLDER_MS });
      return true;
    } catch (error) {
      if (error instanceof OvsdbTimeoutError) return false;
      throw error;
    }
  }
}
