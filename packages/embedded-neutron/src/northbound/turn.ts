import type { NbTables, Replica } from '@ovn-docker/ovsdb';
import { OvsdbTimeoutError } from '@ovn-docker/ovsdb';
import type { GuardRow } from './guard-row.ts';

/** A holder shows that it is alive this often, while it plans. */
const BEAT_MS = 400;
/** A replica that has the turn and shows no sign of life for this long is dead: the others end its turn. */
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
  #beats: NodeJS.Timeout | undefined;

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
    // A failed beat shows in the commit.
    this.#beats ??= setInterval(() => void this.#guardRow.beat(this.#own).catch(() => undefined), BEAT_MS);
  }

  /** Gives the turn back without a commit. */
  async release(): Promise<void> {
    if (this.#own === '') return;
    const own = this.#own;
    this.committed();
    await this.#guardRow.exchangeTurn(own, '');
  }

  /** Notes that a commit has ended the turn. */
  committed(): void {
    this.#own = '';
    clearInterval(this.#beats);
    this.#beats = undefined;
  }

  /** Resolves with true when the turn ends or its holder is alive, with false if that takes too long. */
  async #changes(turn: string): Promise<boolean> {
    const { lastBeat } = this.#guardRow;
    const look = () => this.#guardRow.turn !== turn || this.#guardRow.lastBeat !== lastBeat;
    try {
      await this.#replica.until(look, { timeoutMs: HOLDER_MS });
      return true;
    } catch (error) {
      if (error instanceof OvsdbTimeoutError) return false;
      throw error;
    }
  }
}
