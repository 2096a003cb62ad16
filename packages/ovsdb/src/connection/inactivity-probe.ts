import { startTimer } from './timer.ts';

/** What an `InactivityProbe` does. */
export interface ProbeActions {
  /** Whether a sign of life would be heard now. Who does not read cannot tell silence. */
  listening(): boolean;
  /** Nothing was heard for one interval: ask for a sign of life. */
  probe(): void;
  /** Nothing was heard for another interval. */
  giveUp(): void;
}

/** Notices a peer that has gone without ending the connection. */
export class InactivityProbe {
  readonly #intervalMs: number;
  readonly #actions: ProbeActions;
  #timer: NodeJS.Timeout | undefined;
  #lastHeard = 0;
  #probing = false;
  #stopped = false;

  /** @param intervalMs 0 turns it off */
  constructor(intervalMs: number, actions: ProbeActions) {
    this.#intervalMs = intervalMs;
    this.#actions = actions;
  }

  start(): void {
    this.heard();
    if (this.#intervalMs > 0) this.#arm(this.#intervalMs);
  }

  /** The peer gave a sign of life. */
  heard(): void {
    this.#lastHeard = performance.now();
    this.#probing = false;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  // One timer that is set anew when it fires is cheaper than one that is set anew at every message.
  #arm(delayMs: number): void {
    this.#timer = startTimer(() => this.#check(), delayMs);
  }

  #check(): void {
    if (!this.#actions.listening()) this.heard();
    const idle = performance.now() - this.#lastHeard;
    if (idle < this.#intervalMs) {
      this.#arm(this.#intervalMs - idle);
    } else if (this.#probing) {
      // When this process was what did not run, the answer is there but not read: timers come before sockets.
      setImmediate(() => this.#decide());
    } else {
      this.#probing = true;
      this.#actions.probe();
      this.#arm(this.#intervalMs);
    }
  }

  #decide(): void {
    if (this.#stopped) return;
    if (this.#probing) this.#actions.giveUp();
    else this.#arm(this.#intervalMs);
  }
}
