import { steadyNow } from '../observe/steady-clock.ts';
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
    return this.#running;
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
