/** Values that are forgotten after some time, and the oldest ones beyond a number. */
export class ExpiringMap<Key, Value> {
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #entries = new Map<Key, { readonly value: Value; readonly at: number }>();

  constructor({ ttlMs, most }: { readonly ttlMs: number; readonly most: number }) {
    this.#ttlMs = ttlMs;
    this.#most = most;
  }

  /** @param withinMs accepts only a value that is not older than this */
  get(key: Key, withinMs = this.#ttlMs, now = performance.now()): Value | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && now - entry.at <= Math.min(withinMs, this.#ttlMs) ? entry.value : undefined;
  }

  set(key: Key, value: Value, now = performance.now()): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, at: now });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
