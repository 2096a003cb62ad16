import { steadyNow } from '../observe/steady-clock.ts';
import { inTime } from '../queues/in-time.ts';
import type { ContainerView } from './types.ts';
import type { Sight } from './view-containers.ts';

/** What the agent saw of all containers at one time. */
export interface Surveyed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly containers: readonly ContainerView[];
}

/** How old a survey may be that answers a request, in milliseconds. */
const FRESH_MS = 2000;

/** How long a reader waits while the last survey is not older than the oldest one shown, in milliseconds. */
const PATIENCE_MS = 2000;
const OLDEST_MS = 60_000;

class Late extends Error {}

/** Pauses are this many times as long as a survey, so that surveys take at most a tenth of a core. */
const PAUSE_FACTOR = 9;

/**
 * Looks at all containers for everyone who asks: requests share one survey, so that many readers cost the
 * agent as much as one. Remembers since when each container has its verdict.
 */
export class Survey {
  readonly #look: () => Promise<readonly Sight[]>;
  #last: { readonly surveyed: Surveyed; readonly validUntil: number } | undefined;
  #running: Promise<Surveyed> | undefined;
  readonly #since = new Map<string, { readonly verdict: string; readonly since: string }>();

  constructor(look: () => Promise<readonly Sight[]>) {
    this.#look = look;
  }

  /** A survey that is some seconds old at most; with thousands of containers it may be older. */
  latest(): Promise<Surveyed> {
    if (this.#last && steadyNow() < this.#last.validUntil) return Promise.resolve(this.#last.surveyed);
    this.#running ??= this.#take().finally(() => {
      this.#running = undefined;
    });
    return this.#last ? this.#inTimeOr(this.#last.surveyed, this.#running) : this.#running;
  }

  /** A busy machine needs long to look at thousands of containers, and readers such as Prometheus give up. */
  #inTimeOr(last: Surveyed, running: Promise<Surveyed>): Promise<Surveyed> {
    if (steadyNow() - last.at > OLDEST_MS) return running;
    return inTime(running, PATIENCE_MS, () => new Late()).catch((error: unknown) => {
      if (error instanceof Late) return last;
      throw error;
    });
  }

  async #take(): Promise<Surveyed> {
    const at = steadyNow();
    const sights = await this.#look();
    const took = steadyNow() - at;
    const containers = sights.map((sight) => ({ ...sight, since: this.#sinceOf(sight, at) }));
    const present = new Set(sights.map(({ id }) => id));
    for (const id of this.#since.keys()) if (!present.has(id)) this.#since.delete(id);
    const surveyed = { at, containers };
    this.#last = { surveyed, validUntil: steadyNow() + Math.max(FRESH_MS, took * PAUSE_FACTOR) };
    return surveyed;
  }

  #sinceOf({ id, verdict }: Sight, at: number): string {
    const known = this.#since.get(id);
    if (known?.verdict === verdict) return known.since;
    const since = new Date(at).toISOString();
    this.#since.set(id, { verdict, since });
    return since;
  }
}
