/** What happens to a call instead of simply being forwarded. */
export type Fault =
  /** Waits, then forwards, even if the client has given up: what is on its way cannot be called back. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Closes the connection. `before`: the call is never carried out; `after`: it is, but its answer is lost. */
  | { readonly kind: 'cut'; readonly moment: 'before' | 'after' }
  /** Carries the call out twice, one after the other, and gives one of the two answers. */
  | { readonly kind: 'duplicate'; readonly answer: 'first' | 'second' }
  /** Answers by itself; the call is not carried out. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly body?: unknown;
    }
  /** As `delay`, until the rule is released. */
  | { readonly kind: 'hang' };

/** Which calls get which fault. The first rule that matches and is not used up decides. */
export interface Rule {
  /** Missing means every method. */
  readonly method?: string;
  /** Source of a regular expression for path and query, such as `^/v2.0/ports`; missing means every path. */
  readonly path?: string;
  /** How many calls it hits; missing means all. */
  readonly times?: number;
  readonly fault: Fault;
}

/** A rule's fate so far. */
export interface RuleState {
  readonly hits: number;
  /** Calls that hang at the moment. */
  readonly hanging: number;
}

/** A rule that hit a call. */
export interface Hit {
  readonly id: number;
  readonly fault: Fault;
  /** Resolves when a hanging call may go on. */
  released(): Promise<void>;
}

/** The rules in force, in the order in which they were added. */
export class Rules {
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  add(rule: Rule): number {
    this.#lastId += 1;
    this.#entries.set(this.#lastId, new Entry(rule));
    return this.#lastId;
  }

  /** Counts the call as a hit of the first rule that matches. */
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

  /** Lets the calls go on that hang by this rule, and those that it hits later. */
  release(id: number): void {
    this.#entries.get(id)?.release();
  }

  /** Removes all rules; what hangs goes on. */
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
