import { shortId } from '../clients/short-id.ts';
import type { Engine } from '../nics/engine.ts';
import { type Counts, type ProbeCount, readMetrics } from '../observe/metrics.ts';
import { LastPass } from './last-pass.ts';
import { readiness } from './readiness.ts';
import { Survey } from './survey.ts';
import type { ContainerView, HealthView, ReadinessView } from './types.ts';
import { type Lookout, viewContainers } from './view-containers.ts';

/** What serves while a life of the agent serves. */
interface Serving {
  readonly engine: Engine;
  readonly survey: Survey;
}

/**
 * Answers everyone who asks for the health of the agent and its containers, on the agent's socket and on the
 * management address. It outlives the agent's lives: between them it says what the agent waits for.
 */
export class HealthService implements Disposable {
  readonly #lastPass = new LastPass();
  #serving: Serving | undefined;
  #waiting = 'the agent is starting';

  /** Says what the agent waits for until it serves. */
  waitFor(reason: string): void {
    this.#waiting = reason;
  }

  /** Shows a life of the agent until disposed of. */
  show(lookout: Lookout): Disposable {
    const survey = new Survey(() => viewContainers(lookout, this.#lastPass));
    const serving = { engine: lookout.engine, survey };
    this.#serving = serving;
    return {
      [Symbol.dispose]: () => {
        if (this.#serving !== serving) return;
        this.#serving = undefined;
        this.#waiting = 'the agent begins a new life';
      },
    };
  }

  async readiness(): Promise<ReadinessView> {
    if (this.#serving) return readiness(this.#serving.engine, this.#lastPass);
    return { ready: false, reasons: [this.#waiting], notes: [] };
  }

  /** @throws OvnDockerError when Neutron is away and the agent does not know its VM */
  async containers(): Promise<readonly ContainerView[]> {
    return (await this.#serving?.survey.latest())?.containers ?? [];
  }

  async health(): Promise<HealthView> {
    const [state, surveyed, vm] = await Promise.all([
      this.readiness(),
      this.#serving?.survey.latest().catch(() => undefined),
      this.#serving?.engine.vm().catch(() => undefined),
    ]);
    return {
      ...state,
      ...(vm ? { vifId: vm.vifId } : {}),
      ...(surveyed ? { at: new Date(surveyed.at).toISOString() } : {}),
      containers: surveyed?.containers ?? [],
    };
  }

  /** Text for Prometheus (exposition format 0.0.4). */
  async metrics(): Promise<string> {
    const { ready } = await this.readiness();
    const containers = await this.containers().catch(() => []);
    const verdicts = { good: 0, starting: 0, faulty: 0, stopped: 0 };
    for (const { verdict } of containers) verdicts[verdict]++;
    const engine = this.#serving ? await countsOf(this.#serving.engine) : { nics: {}, pools: [] };
    const { findings } = this.#lastPass;
    return readMetrics({ ready, containers: verdicts, findings, probes: probesOf(containers), ...engine });
  }

  [Symbol.dispose](): void {
    this.#lastPass[Symbol.dispose]();
  }
}

function probesOf(containers: readonly ContainerView[]): ProbeCount[] {
  return containers.flatMap(({ id, name, nics }) =>
    nics.flatMap(({ network, probe }): ProbeCount[] => {
      if (probe?.passed === undefined) return [];
      const { passed, milliseconds } = probe;
      return [{ container: name || shortId(id), network, probe: probe.probe, passed, milliseconds }];
    }),
  );
}

async function countsOf(engine: Engine): Promise<Pick<Counts, 'nics' | 'vlansFree' | 'pools'>> {
  const { nics, pools, draining } = engine;
  const counts = { found: 0, making: 0, warm: 0, claimed: 0, draining: draining.size };
  for (const { state } of nics.all()) counts[state]++;
  const vm = await engine.vm().catch(() => undefined);
  return {
    nics: counts,
    ...(vm ? { vlansFree: vm.vlans.free } : {}),
    pools: pools.all().map(({ target: { network }, warm, making }) => ({
      network: network.name || network.id,
      warm,
      making,
    })),
  };
}
