/** How long reading may go on within one turn of the event loop, in milliseconds. */
const BUDGET_MS = 8;

/**
 * Keeps a fast server from holding the event loop: libuv hands over up to 32 reads in a row. When the budget of the
 * turn is used up, reading is paused until the next turn.
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

  /** Work begins. */
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

  /** Some work is done: pauses when it was enough for this turn. */
  check(): void {
    if (this.#paused || this.#startedAt === undefined || performance.now() - this.#startedAt < BUDGET_MS)
      return;
    this.#paused = true;
    this.#pause();
  }
}
