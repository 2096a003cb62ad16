/** How long a session may read and handle messages in one turn of the event loop, in milliseconds. */
const BUDGET_MS = 5;

/**
 * Keeps a fast server from blocking the event loop: libuv delivers up to 32 reads in a row. When the budget
 * of a turn is used up, the session stops reading until the next turn.
 */
export class TurnBudget {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #startedAt: number | undefined;
  #paused = false;

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  /** Starts the clock, unless it already runs in this turn. */
  begin(): void {
    if (this.#startedAt !== undefined) return;
    this.#startedAt = performance.now();
    setImmediate(() => {
      this.#startedAt = undefined;
      if (!this.#paused) return;
      this.#paused = false;
      this.#resume();
    });
  }

  /** Pauses reading when the budget of this turn is used up. */
  check(): void {
    if (this.#paused || this.#startedAt === undefined || performance.now() - this.#startedAt < BUDGET_MS)
      return;
    this.#paused = true;
    this.#pause();
  }
}
