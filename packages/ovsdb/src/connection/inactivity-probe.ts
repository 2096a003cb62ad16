import { startTimer } from './timer.ts';

/** The callbacks of an `InactivityProbe`. */
export interface ProbeActions {
  /** Whether the session is reading now. While it does not read, silence means nothing. */
  listening(): boolean;
  /** Called after one interval of silence: asks the peer for a reply. */
  probe(): void;
  /** Called after a second interval of silence. */
  giveUp(): void;
}

/** Detects a peer that has gone away without ending the connection. */
export class InactivityProbe {
  readonly #intervalMs: number;
  readonly #actions: ProbeActions;
  #timer: NodeJS.Timeout | undefined;
  #lastHeard = 0;
  #probing = false;
  #stopped = false;

  /** @param intervalMs 0 turns the probe off */
  constructor(intervalMs: number, actions: ProbeActions) {
    this.#intervalMs = intervalMs;
    this.#actions = actions;
  }

  start(): void {
    this.heard();
    if (this.#intervalMs > 0) this.#arm(this.#intervalMs);
  }

  /** Records that bytes have arrived from the peer. */
  heard(): void {
    this.#lastHeard = performance.now();
    this.#probing = false;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  // Restarting the timer when it fires is cheaper than restarting it at every message.
  #arm(delayMs: number): void {
    this.#timer = startTimer(() => this.#check(), delayMs);
  }

  #check(): void {
    if (!this.#actions.listening()) this.heard();
    const idle = performance.now() - this.#lastHeard;
    if (idle < this.#intervalMs) {
      this.#arm(this.#intervalMs - idle);
    } else if (this.#probing) {
      // If this process was suspended, the reply may wait unread in the socket: timers fire before sockets
      // are read.
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
