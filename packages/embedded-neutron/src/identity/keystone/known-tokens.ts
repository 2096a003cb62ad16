import { createHash } from 'node:crypto';

interface Entry<T> {
  readonly value: T;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * What is known about tokens, each for a limited time, and of a limited number: the oldest knowledge is
 * forgotten first. Only hashes of the tokens are stored.
 */
export class KnownTokens<T> {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(limit: number, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  get(token: string): T | undefined {
    const entry = this.#entries.get(keyOf(token));
    return entry !== undefined && entry.until > this.#now() ? entry.value : undefined;
  }

  /** @param until milliseconds since the epoch */
  set(token: string, value: T, until: number): void {
    const key = keyOf(token);
    this.#entries.delete(key);
    this.#entries.set(key, { value, until });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#limit && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** The hash that stands for a token in memory. */
export const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64');
