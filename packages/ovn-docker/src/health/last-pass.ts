import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { PASS_CHANNEL, type PassEvent, type PassFinding } from '../observe/pass-events.ts';

/** The findings that say that a NIC does not work and that the pass has not ended. */
const LASTING: ReadonlySet<string> = new Set(['down port', 'dead port', 'lost port', 'shared VLAN']);

/** Remembers the end of the reconciler's last pass. */
export class LastPass implements Disposable {
  #last: PassEvent | undefined;
  readonly #onPass = (message: unknown) => {
    this.#last = message as PassEvent;
  };

  constructor() {
    subscribe(PASS_CHANNEL, this.#onPass);
  }

  /** Why the last pass could not look; undefined when it could, or before the first. */
  get error(): unknown {
    return this.#last?.error;
  }

  /** False when the agent could not reach the bridge's flow tables, without which it attaches nothing. */
  get isGuarded(): boolean {
    return this.#last?.isGuarded ?? true;
  }

  get findings(): readonly PassFinding[] {
    return this.#last?.findings ?? [];
  }

  /** What does not work at single NICs, by their ids. */
  faults(): Map<string, string[]> {
    const faults = new Map<string, string[]>();
    for (const { nic, kind, evidence, result } of this.findings) {
      if (nic === undefined || (!LASTING.has(kind) && result !== 'failed')) continue;
      faults.set(nic, [...(faults.get(nic) ?? []), `${kind}: ${evidence}`]);
    }
    return faults;
  }

  [Symbol.dispose](): void {
    unsubscribe(PASS_CHANNEL, this.#onPass);
  }
}
