import type { DockerEngine } from '../clients/docker-engine.ts';
import type { Engine } from '../nics/engine.ts';
import { isPlain } from '../nics/nic.ts';
import { usedVlans } from '../nics/recover.ts';
import { type PassFinding, publishPass } from '../observe/pass-events.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { Turns } from '../queues/in-turn.ts';
import { agentView } from './agent-view.ts';
import { alignWithContainers } from './align-with-containers.ts';
import { DownPorts } from './down-ports.ts';
import { findDifferences } from './find.ts';
import {
  type Finding,
  findingKey,
  isLeftover,
  isRecognition,
  type Leftover,
  needsConfirmation,
  type SingleFinding,
} from './finding.ts';
import { finishLeftovers } from './finish-leftovers.ts';
import { labelledContainers, type Observation, observe, ownersOf } from './observe.ts';
import { putRight } from './put-right.ts';
import { recordInDocker } from './record-in-docker.ts';
import { recordStatus } from './record-status.ts';

/** A finding and what became of it. */
export interface Outcome {
  readonly finding: Finding;
  /** Why the agent could not act on it now. */
  readonly error?: unknown;
}

interface ReconcilerOptions {
  /** Name of the libnetwork driver. */
  readonly driver: string;
  /** How long a claim may wait for its container, in milliseconds. */
  readonly patienceMs: number;
  /** Ends the current pass after its current step, and makes later passes do nothing. */
  readonly signal?: AbortSignal;
}

/**
 * Finishes or removes what a crash, an outage or another program left. Passes run one at a time. A pass is
 * harmless at any moment, because it never takes work in progress for a leftover.
 */
export class Reconciler {
  readonly #engine: Engine;
  readonly #docker: DockerEngine;
  readonly #driver: string;
  readonly #patienceMs: number;
  readonly #downPorts = new DownPorts();
  readonly #signal: AbortSignal | undefined;
  readonly #passes = new Turns();
  #catchingUp: Promise<unknown> = Promise.resolve();
  #hasSeenDocker = false;
  #unconfirmed = new Set<string>();

  constructor(engine: Engine, docker: DockerEngine, { driver, patienceMs, signal }: ReconcilerOptions) {
    this.#engine = engine;
    this.#docker = docker;
    this.#driver = driver;
    this.#patienceMs = patienceMs;
    this.#signal = signal;
  }

  /** What a pass would find; changes nothing. */
  async plan(): Promise<Finding[]> {
    return (await this.#look()).findings;
  }

  /** Resolves when the reconciler is neither running a pass nor catching up. */
  async whenIdle(): Promise<void> {
    await this.#catchingUp.catch(() => undefined);
    await this.#passes.run(async () => undefined);
  }

  /**
   * Handles what happened before the stream of Docker's events opened: runs a pass. When that fails because
   * Neutron is away, aligns the NICs of `--net=none` containers all the same, which needs only Docker.
   * @param isSeen the last pass saw Docker: aligning is enough
   */
  async catchUp({ isSeen = false } = {}): Promise<void> {
    this.#catchingUp = isSeen && this.#hasSeenDocker ? this.#alignAll() : this.#runOrAlign();
    await this.#catchingUp;
  }

  async #runOrAlign(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      await this.#alignAll();
      throw error;
    }
  }

  async #alignAll(): Promise<void> {
    const owners = ownersOf(this.#engine.nics.all());
    await alignWithContainers(this.#engine, this.#docker, await labelledContainers(this.#docker, owners));
  }

  /**
   * Runs one pass. Findings that need confirmation are handled when two passes in a row find them.
   * @param confirmed a user asked for the pass: handle every finding at once
   * @param onRecognised called when the agent knows the owner of each NIC and network; the rest can take long
   */
  run({ confirmed = false, onRecognised = () => {} } = {}): Promise<Outcome[]> {
    return this.#passes.run(async () => {
      try {
        return await this.#pass(confirmed, onRecognised);
      } catch (error) {
        publishPass({ findings: [], error });
        throw error;
      }
    });
  }

  async #pass(confirmed: boolean, onRecognised: () => void): Promise<Outcome[]> {
    if (this.#signal?.aborted) return [];
    const { findings, observation } = await this.#look();
    if (this.#signal?.aborted) return [];
    const due = findings.filter(
      (finding) => confirmed || !needsConfirmation(finding) || this.#unconfirmed.has(findingKey(finding)),
    );
    this.#unconfirmed = new Set(findings.filter(needsConfirmation).map(findingKey));
    const leftovers = due.filter(isLeftover);
    const outcomes: Outcome[] = [];
    for (const finding of due) if (isRecognition(finding)) outcomes.push(await this.#handle(finding));
    // Before dockerd can reach the driver: the same container can request its chosen address again.
    outcomes.push(...(await this.#finishLeftovers(leftovers.filter(({ nic }) => !isPlain(nic)))));
    onRecognised();
    for (const finding of due) {
      if (this.#signal?.aborted) return outcomes;
      if (!isRecognition(finding) && !isLeftover(finding)) outcomes.push(await this.#handle(finding));
    }
    const { docker } = observation;
    if (docker) {
      await alignWithContainers(this.#engine, this.#docker, docker.labelled).catch((error: unknown) =>
        this.#engine.log.warn({ err: error }, 'Docker does not answer any more; the next pass asks again'),
      );
    }
    // Last: no container waits for these, and there can be thousands.
    outcomes.push(...(await this.#finishLeftovers(leftovers.filter(({ nic }) => isPlain(nic)))));
    await this.#updateVlans(observation);
    publishPass({ findings: passFindings(findings, outcomes), isGuarded: observation.guard !== undefined });
    return outcomes;
  }

  /** Never rejects, so that one failure does not stop the pass. */
  async #handle(finding: SingleFinding): Promise<Outcome> {
    const { kind, what, evidence, action } = finding;
    try {
      if (kind === 'shared VLAN') this.#engine.log.warn({ kind, what, evidence, action }, 'a VLAN is shared');
      if (kind === 'dead port') this.#engine.log.error({ kind, what, evidence, action }, 'a port stays DOWN');
      if ((kind === 'down port' || kind === 'dead port') && finding.nic.port) {
        this.#downPorts.countRepair(finding.nic.port.id, steadyNow());
      }
      await putRight(this.#engine, finding);
      return this.#logged({ finding });
    } catch (error) {
      return this.#logged({ finding, error });
    }
  }

  async #finishLeftovers(leftovers: readonly Leftover[]): Promise<Outcome[]> {
    if (leftovers.length === 0) return [];
    const failures = await finishLeftovers(
      this.#engine,
      leftovers.map(({ nic }) => nic),
      this.#signal,
    );
    // A NIC that is still `found` was not reached: the next pass reports it again.
    const handled = leftovers.filter(({ nic }) => nic.state !== 'found');
    return handled.map((finding) => {
      const error = failures.get(finding.nic);
      return this.#logged(error === undefined ? { finding } : { finding, error });
    });
  }

  #logged(outcome: Outcome): Outcome {
    const { kind, what, evidence, action } = outcome.finding;
    if (outcome.error === undefined) this.#engine.log.info({ kind, what, evidence, action }, 'put right');
    else this.#engine.log.warn({ kind, what, evidence, err: outcome.error }, 'could not be put right');
    return outcome;
  }

  async #look(): Promise<{ findings: Finding[]; observation: Observation }> {
    const observation = await observe(this.#engine, this.#docker, this.#driver);
    this.#hasSeenDocker = observation.docker !== undefined;
    const vm = await this.#engine.vm();
    this.#downPorts.update(observation.ports, observation.parentStatus, observation.at);
    recordInDocker(this.#engine.nics.all(), observation);
    recordStatus(this.#engine.nics.all(), observation);
    const view = agentView(this.#engine, vm, observation, this.#downPorts);
    return { findings: findDifferences(view, observation, { patienceMs: this.#patienceMs }), observation };
  }

  /** Marks VLANs that other programs use, and frees those that they have given up. */
  async #updateVlans(observation: Observation): Promise<void> {
    const { vlans } = await this.#engine.vm();
    const ours = [...this.#engine.nics.all(), ...this.#engine.draining].flatMap(({ vlan }) => vlan ?? []);
    // The observation is older: a VLAN that a NIC had before it and has not now is free.
    const others = usedVlans(observation).filter((vlan) => !observation.vlansBefore.has(vlan));
    vlans.replaceUsed(new Set([...others, ...ours]));
  }
}

/** The findings of a pass with what became of each, for the metrics and the health room. */
function passFindings(findings: readonly Finding[], outcomes: readonly Outcome[]): PassFinding[] {
  const results = new Map(
    outcomes.map(({ finding, error }) => [finding, error === undefined ? 'put right' : 'failed'] as const),
  );
  return findings.map((finding) => ({
    kind: finding.kind,
    ...('nic' in finding ? { nic: finding.nic.id } : {}),
    evidence: finding.evidence,
    result: results.get(finding) ?? 'waiting',
  }));
}
