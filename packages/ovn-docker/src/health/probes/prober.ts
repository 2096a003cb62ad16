import { setTimeout as delay } from 'node:timers/promises';
import { type Probe, parseProbe } from '../../config/probe-label.ts';
import type { Engine } from '../../nics/engine.ts';
import { addressesOf, type Claim, type Nic } from '../../nics/nic.ts';
import { publishProbe } from '../../observe/probe-events.ts';
import { steadyNow } from '../../observe/steady-clock.ts';
import { netnsOf } from '../gateway-answers.ts';
import type { ProbeView } from '../types.ts';
import { askGateways } from './ask-gateways.ts';
import { connectTo } from './connect.ts';
import { Outposts } from './outposts.ts';

/** Times in milliseconds; tests shorten them. */
export interface ProberTimes {
  /** From the start of a NIC's probe to the start of its next one; longer with many NICs. */
  readonly everyMs: number;
  /** The shortest pause between the starts of two probes. */
  readonly paceMs: number;
  /** The pause before a probe that failed for the first time is repeated. */
  readonly againMs: number;
}

const TIMES: ProberTimes = { everyMs: 15_000, paceMs: 25, againMs: 1000 };

/** The number of probes that may wait for answers at the same time. */
const MOST_AT_ONCE = 64;

/** A container whose label asks for a probe, and its NICs. */
export interface ProbedContainer {
  readonly id: string;
  readonly label: string;
  readonly nics: readonly { readonly nic: Nic; readonly claim: Claim }[];
}

/** The probe of one NIC. */
interface Subject {
  readonly container: string;
  readonly label: string;
  readonly probe: Probe;
  readonly nic: Nic;
  readonly claim: Claim;
  result?: ProbeView;
  isRunning?: boolean;
}

/**
 * Probes the NICs of containers whose label asks for it, one after the other at an even pace: a thousand
 * containers that start together are not probed together. A probe only waits for answers; what it does in
 * between takes about a millisecond.
 */
export class Prober implements Disposable {
  readonly #engine: Engine;
  readonly #times: ProberTimes;
  readonly #outposts: Outposts;
  readonly #closing = new AbortController();
  /** By the NIC's id; those that were probed longest ago come first. */
  readonly #subjects = new Map<string, Subject>();
  #running = 0;
  #wake = Promise.withResolvers<void>();

  constructor(engine: Engine, times: Partial<ProberTimes> = {}) {
    this.#engine = engine;
    this.#times = { ...TIMES, ...times };
    this.#outposts = new Outposts(engine);
    void this.#keepProbing(this.#closing.signal);
  }

  /** The last result of the NIC's probe; undefined when none is asked for. */
  resultOf(nic: Nic): ProbeView | undefined {
    const subject = this.#subjects.get(nic.id);
    if (!subject || subject.claim !== nic.claim) return undefined;
    return subject.result ?? { probe: subject.label };
  }

  /** Replaces all probed containers. */
  replace(containers: readonly ProbedContainer[]): void {
    const present = new Set(containers.flatMap(({ nics }) => nics.map(({ nic }) => nic.id)));
    for (const id of this.#subjects.keys()) if (!present.has(id)) this.#subjects.delete(id);
    for (const container of containers) this.#add(container);
    this.#releaseOutposts();
  }

  /** Begins to probe a container that has started. */
  add(container: ProbedContainer): void {
    this.#add(container);
  }

  /** Ends the probes of a container. */
  remove(containerId: string): void {
    for (const [id, { container }] of this.#subjects)
      if (container === containerId) this.#subjects.delete(id);
    this.#releaseOutposts();
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#wake.resolve();
    this.#outposts[Symbol.dispose]();
  }

  #add({ id, label, nics }: ProbedContainer): void {
    const probe = parseProbe(label);
    if (!probe) return;
    for (const { nic, claim } of nics) {
      const known = this.#subjects.get(nic.id);
      if (known?.claim === claim && known.label === label) continue;
      this.#subjects.delete(nic.id);
      this.#subjects.set(nic.id, { container: id, label, probe, nic, claim });
    }
    this.#wake.resolve();
  }

  #releaseOutposts(): void {
    const connecting = [...this.#subjects.values()].filter(({ probe }) => probe.kind !== 'gateway');
    this.#outposts
      .keepOnly(connecting.map(({ nic }) => nic.target))
      .catch((error: unknown) =>
        this.#engine.log.warn({ err: error }, 'could not give back a NIC for probes'),
      );
  }

  async #keepProbing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const subject = this.#next();
      const due = subject?.result?.at === undefined ? 0 : Date.parse(subject.result.at) + this.#every;
      const wait = Math.max(due - steadyNow(), 0);
      if (!subject || wait > 0 || this.#running >= MOST_AT_ONCE) {
        this.#wake = Promise.withResolvers();
        const pause = subject ? Math.max(wait, this.#times.paceMs) : 2 ** 31 - 1;
        const stop = new AbortController();
        const over = delay(pause, undefined, { signal: stop.signal }).catch(() => undefined);
        await Promise.race([over, this.#wake.promise]);
        stop.abort();
        continue;
      }
      // To the end of the line.
      this.#subjects.delete(subject.nic.id);
      this.#subjects.set(subject.nic.id, subject);
      this.#running++;
      subject.isRunning = true;
      void this.#probe(subject).finally(() => {
        this.#running--;
        subject.isRunning = false;
        this.#wake.resolve();
      });
      await delay(this.#times.paceMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A NIC without a result comes first, then the one whose result is the oldest. */
  #next(): Subject | undefined {
    const all = [...this.#subjects.values()].filter(({ isRunning }) => !isRunning);
    return all.find(({ result }) => result === undefined) ?? all[0];
  }

  get #every(): number {
    return Math.max(this.#times.everyMs, this.#subjects.size * this.#times.paceMs);
  }

  async #probe(subject: Subject): Promise<void> {
    const before = subject.result;
    const at = new Date(steadyNow()).toISOString();
    let outcome = await this.#attempt(subject);
    if (!outcome.passed && before?.passed !== false) {
      await delay(this.#times.againMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      outcome = await this.#attempt(subject);
    }
    if (this.#subjects.get(subject.nic.id) !== subject) return;
    if (subject.nic.claim !== subject.claim) {
      this.#subjects.delete(subject.nic.id);
      return;
    }
    const isChange = outcome.passed !== before?.passed;
    const since = isChange || before?.since === undefined ? at : before.since;
    subject.result = { probe: subject.label, ...outcome, at, since };
    if (!isChange) return;
    const { network } = subject.nic.target;
    publishProbe({
      container: subject.container,
      network: network.name || network.id,
      probe: subject.label,
      passed: outcome.passed,
      ...(outcome.error === undefined ? {} : { error: outcome.error }),
    });
  }

  async #attempt({ probe, nic }: Subject): Promise<Outcome> {
    const start = performance.now();
    let from: 'network' | 'container' = 'container';
    try {
      if (probe.kind === 'gateway') await askGateways(nic);
      else {
        const outpost = await this.#outposts.netnsFor(nic.target);
        if (outpost !== undefined) from = 'network';
        const netns = outpost ?? netnsOf(nic);
        const [address] = addressesOf(nic);
        if (netns === undefined || !address)
          throw new Error('the agent does not know where the container is');
        await connectTo(netns, address.address, probe);
      }
      return { passed: true, from, milliseconds: Math.round(performance.now() - start) };
    } catch (error) {
      return { passed: false, from, error: (error as Error).message };
    }
  }
}

type Outcome = Required<Pick<ProbeView, 'passed' | 'from'>> & Pick<ProbeView, 'error' | 'milliseconds'>;
