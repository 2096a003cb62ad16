import { availableParallelism } from 'node:os';
import { KeystoneError } from '../errors.ts';
import { FairQueue, QueueFullError } from './fair-queue.ts';

/** Who tries to log in: an address, and the name that it claims, whether the name exists or not. */
export interface Attempt {
  /** An IP address; of IPv6 the /64 prefix. */
  readonly address: string;
  readonly name: string;
}

/** What the queue knows about an address and a name. */
interface Pair {
  /** Wrong secrets that are still allowed. */
  allowance: number;
  /** When `allowance` was computed, in milliseconds. */
  at: number;
  /** Whether this address has logged in with this name. */
  known: boolean;
  /** Attempts in the queue or being checked. */
  pending: number;
  /** Attempts that wait until it is known whether earlier ones were right. */
  readonly waiting: { readonly start: () => void; readonly refuse: () => void }[];
}

/** Wrong attempts of an address for a name before it has to wait. */
const ALLOWANCE = 10;
/** Another attempt is allowed after this time. */
const REFILL_MS = 6000;
/** Attempts of a pair that can wait for each other. */
const MAX_WAITING = 64;
/** Pairs that are remembered; the queue forgets those that it has not seen for the longest time. */
const MAX_PAIRS = 10_000;

/**
 * Checks secrets. Hashing takes about 50 ms of a core, so that a stranger who sends many wrong secrets could
 * delay everyone. The work is therefore bounded and fair ({@link FairQueue}), pairs of address and name that
 * logged in before have a queue of their own, and each pair has a limited number of wrong attempts. Other
 * addresses are never refused because of a pair's wrong attempts.
 */
export class LoginQueue {
  readonly #queue: FairQueue;
  readonly #now: () => number;
  readonly #pairs = new Map<string, Pair>();

  constructor(
    limits = { concurrency: Math.min(4, availableParallelism()), perGroup: 128, total: 512 },
    now: () => number = Date.now,
  ) {
    this.#queue = new FairQueue(limits);
    this.#now = now;
  }

  /**
   * Runs a check when it is its turn. Returns its result.
   *
   * @throws KeystoneError 429 for too many wrong attempts, or when too many checks wait
   */
  check(attempt: Attempt, check: () => Promise<boolean>): Promise<boolean> {
    const pair = this.#pair(attempt);
    if (pair.allowance < 1) return Promise.reject(this.#tooMany(pair));
    if (pair.waiting.length >= MAX_WAITING) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      pair.waiting.push({
        start: () => {
          void this.#run(attempt, pair, check)
            .then(resolve, reject)
            .finally(() => this.#release(pair));
        },
        refuse: () => reject(this.#tooMany(pair)),
      });
      this.#release(pair);
    });
  }

  /** Runs other work that hashes, such as storing a new password. @throws KeystoneError 429 */
  work<T>({ address, name }: Attempt, work: () => Promise<T>): Promise<T> {
    return this.#queue.run({ group: address, name }, true, work).catch(explain);
  }

  async #run({ address, name }: Attempt, pair: Pair, check: () => Promise<boolean>): Promise<boolean> {
    pair.pending++;
    try {
      const isRight = await this.#queue.run({ group: address, name }, pair.known, check);
      pair.allowance = isRight ? ALLOWANCE : Math.max(0, pair.allowance - 1);
      if (isRight) pair.known = true;
      return isRight;
    } catch (error) {
      return explain(error);
    } finally {
      pair.pending--;
    }
  }

  /** Starts as many waiting attempts as may be wrong. Without any allowance left, refuses all. */
  #release(pair: Pair): void {
    while (pair.waiting.length > 0 && pair.pending < Math.floor(pair.allowance)) {
      pair.waiting.shift()?.start();
    }
    if (pair.pending > 0) return;
    for (const { refuse } of pair.waiting.splice(0)) refuse();
  }

  #pair({ address, name }: Attempt): Pair {
    const key = `${address} ${name}`;
    const now = this.#now();
    const pair = this.#pairs.get(key) ?? {
      allowance: ALLOWANCE,
      at: now,
      known: false,
      pending: 0,
      waiting: [],
    };
    pair.allowance = Math.min(ALLOWANCE, pair.allowance + (now - pair.at) / REFILL_MS);
    pair.at = now;
    // The pair moves to the end, behind those that were seen before.
    this.#pairs.delete(key);
    this.#pairs.set(key, pair);
    const [oldest] = this.#pairs.keys();
    if (this.#pairs.size > MAX_PAIRS && oldest !== undefined) this.#pairs.delete(oldest);
    return pair;
  }

  #tooMany({ allowance }: Pair): KeystoneError {
    const seconds = Math.ceil(((1 - allowance) * REFILL_MS) / 1000);
    return new KeystoneError(429, 'Too many wrong attempts from this address. Try again later.', seconds);
  }
}

const busy = () => new KeystoneError(429, 'Too many logins are waiting. Try again later.', 1);

function explain(error: unknown): never {
  throw error instanceof QueueFullError ? busy() : error;
}
