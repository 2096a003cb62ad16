/** What the proxy does with a call instead of forwarding it. */
export type Fault =
  /** Waits, then forwards the call, even if the client has given up, as a network does with a sent packet. */
  | { readonly kind: 'delay'; readonly ms: number }
  /**
   * Closes the connection. `before`: the service never gets the call; `after`: it carries it out, the answer
   * is lost.
   */
  | { readonly kind: 'cut'; readonly moment: 'before' | 'after' }
  /** Forwards the call twice, one after the other, and returns one of the two answers. */
  | { readonly kind: 'duplicate'; readonly answer: 'first' | 'second' }
  /** Answers without forwarding the call. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly body?: unknown;
    }
  /** Waits until the rule is released, then forwards the call. */
  | { readonly kind: 'hang' };

/** Which calls get which fault. The first matching rule that is not used up decides. */
export interface Rule {
  /** Every method if missing. */
  readonly method?: string;
  /** Source of a regular expression for path and query, such as `^/v2.0/ports`; every path if missing. */
  readonly path?: string;
  /** The number of calls that the rule hits; all if missing. */
  readonly times?: number;
  readonly fault: Fault;
}

/** The counters of a rule. */
export interface RuleState {
  readonly hits: number;
  /** The number of calls that hang now. */
  readonly hanging: number;
}

/** The rule that hit a call. */
export interface Hit {
  readonly id: number;
  readonly fault: Fault;
  /** Resolves when the rule is released. */
  released(): Promise<void>;
}

/** The rules in force, in the order of their addition. */
export class Rules {
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  add(rule: Rule): number {
    this.#lastId += 1;
    this.#entries.set(this.#lastId, new Entry(rule));
    return this.#lastId;
  }

  /** Counts the call as a hit of the first matching rule; returns undefined if none matches. */
  take(method: string, path: string): Hit | undefined {
    for (const [id, entry] of this.#entries) {
      if (!entry.matches(method, path)) continue;
      entry.hits += 1;
      return { id, fault: entry.rule.fault, released: () => entry.hang() };
    }
    return undefined;
  }

  /** Undefined when there is no such rule. */
  state(id: number): RuleState | undefined {
    const entry = this.#entries.get(id);
    return entry && { hits: entry.hits, hanging: entry.hanging };
  }

  /** Stops the waiting of calls that hang because of this rule, now and later. */
  release(id: number): void {
    this.#entries.get(id)?.release();
  }

  /** Removes all rules and releases the calls that hang. */
  clear(): void {
    for (const entry of this.#entries.values()) entry.release();
    this.#entries.clear();
  }
}

class Entry {
  readonly rule: Rule;
  hits = 0;
  hanging = 0;
  readonly #path: RegExp;
  readonly #released = Promise.withResolvers<void>();

  constructor(rule: Rule) {
    this.rule = rule;
    this.#path = new RegExp(rule.path ?? '');
  }

  matches(method: string, path: string): boolean {
    if (this.hits >= (this.rule.times ?? Number.POSITIVE_INFINITY)) return false;
    return (this.rule.method ?? method) === method && this.#path.test(path);
  }

  async hang(): Promise<void> {
    this.hanging += 1;
    await this.#released.promise;
    this.hanging -= 1;
  }

  release(): void {
    this.#released.resolve();
  }
}
