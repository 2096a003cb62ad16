import { isElsewhere, isWhole, labelOnPair, viewOf } from '../attach/make-veth.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Engine } from '../nics/engine.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import { usedVlans } from '../nics/recover.ts';
import { followContainers } from './align-with-containers.ts';
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
import { settleLeftovers } from './finish-leftovers.ts';
import { labelledContainers, type Observation, observe, ownersOf } from './observe.ts';
import { putRight } from './put-right.ts';

/** A finding with what came of it. */
export interface Settled {
  readonly finding: Finding;
  /** Why it could not be put right now. */
  readonly error?: unknown;
}

/**
 * Brings what there is to what should be: finishes or removes what a crash, an outage or somebody else left. One pass at a
 * time; passes are harmless at any moment, because what is under way is never taken for a leftover.
 */
export class Reconciler {
  readonly #engine: Engine;
  readonly #docker: DockerEngine;
  readonly #driver: string;
  readonly #patienceMs: number;
  readonly #downPorts = new DownPorts();
  readonly #signal: AbortSignal | undefined;
  #hasSeenDocker = false;
  #unconfirmed = new Set<string>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    engine: Engine,
    docker: DockerEngine,
    { driver, patienceMs, signal }: { driver: string; patienceMs: number; signal?: AbortSignal },
  ) {
    this.#signal = signal;
    this.#engine = engine;
    this.#docker = docker;
    this.#driver = driver;
    this.#patienceMs = patienceMs;
  }

  /** What a pass would find; changes nothing. */
  async plan(): Promise<Finding[]> {
    return (await this.#look()).findings;
  }

  /** Nothing is being looked at or put right any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /**
   * For what happened before Docker's events are heard: only the containers that nobody but these tells of, where the last pass has seen
   * Docker, and all of it where not.
   */
  async catchUp(): Promise<void> {
    if (!this.#hasSeenDocker) return void (await this.run());
    const owners = ownersOf(this.#engine.nics.all());
    await followContainers(this.#engine, this.#docker, await labelledContainers(this.#docker, owners));
  }

  /**
   * One pass. What may be Docker being in between is put right when two passes have found it.
   * @param confirmed somebody asked for it: everything is put right at once
   * @param recognized called when it is known whose everything is; what is still to be done then may take long
   */
  run({ confirmed = false, recognized = () => {} } = {}): Promise<Settled[]> {
    const pass = () => this.#pass(confirmed, recognized);
    const result = this.#running.then(pass, pass);
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #pass(confirmed: boolean, recognized: () => void): Promise<Settled[]> {
    if (this.#signal?.aborted) return [];
    const { findings, seen } = await this.#look();
    if (this.#signal?.aborted) return [];
    const due = findings.filter(
      (finding) => confirmed || !needsConfirmation(finding) || this.#unconfirmed.has(findingKey(finding)),
    );
    this.#unconfirmed = new Set(findings.filter(needsConfirmation).map(findingKey));
    const leftovers = due.filter(isLeftover);
    const settled: Settled[] = [];
    for (const finding of due) if (isRecognition(finding)) settled.push(await this.#settle(finding));
    // Their addresses were chosen: the same container may well come for them again.
    settled.push(...(await this.#settleLeftovers(leftovers.filter(({ nic }) => !isPlain(nic)))));
    recognized();
    for (const finding of due) {
      if (this.#signal?.aborted) return settled;
      if (!isRecognition(finding) && !isLeftover(finding)) settled.push(await this.#settle(finding));
    }
    if (seen.docker) await followContainers(this.#engine, this.#docker, seen.docker.labelled);
    // Last: they are in nobody's way, and there may be thousands.
    settled.push(...(await this.#settleLeftovers(leftovers.filter(({ nic }) => isPlain(nic)))));
    await this.#freeVlans(seen);
    return settled;
  }

  /** One that cannot be helped must not keep the others waiting. */
  async #settle(finding: SingleFinding): Promise<Settled> {
    const { kind, what, evidence, action } = finding;
    try {
      if (kind === 'dead port') this.#engine.log.error({ kind, what, evidence, action }, 'a port stays DOWN');
      if (kind === 'down port' || kind === 'dead port') {
        this.#downPorts.tried(finding.nic.port?.id ?? '', Date.now());
      }
      await putRight(this.#engine, finding);
      return this.#told({ finding });
    } catch (error) {
      return this.#told({ finding, error });
    }
  }

  async #settleLeftovers(leftovers: readonly Leftover[]): Promise<Settled[]> {
    if (leftovers.length === 0) return [];
    const failures = await settleLeftovers(
      this.#engine,
      leftovers.map(({ nic }) => nic),
      this.#signal,
    );
    // Those that were not come to, or that somebody was quicker with, are told of when there is something to tell.
    const done = leftovers.filter(({ nic }) => nic.state !== 'found');
    return done.map((finding) => {
      const error = failures.get(finding.nic);
      return this.#told(error === undefined ? { finding } : { finding, error });
    });
  }

  #told(settled: Settled): Settled {
    const { kind, what, evidence, action } = settled.finding;
    if (settled.error === undefined) this.#engine.log.info({ kind, what, evidence, action }, 'put right');
    else this.#engine.log.warn({ kind, what, evidence, err: settled.error }, 'could not be put right');
    return settled;
  }

  async #look(): Promise<{ findings: Finding[]; seen: Observation }> {
    const seen = await observe(this.#engine, this.#docker, this.#driver);
    this.#hasSeenDocker = seen.docker !== undefined;
    const vm = await this.#engine.vm();
    const view = viewOf(seen.links);
    this.#downPorts.follow(seen.ports, seen.parentStatus, seen.at);
    const held = {
      nics: this.#engine.nics.all(),
      draining: [...this.#engine.draining],
      dockerNetworks: new Map([...dockerNetworks.all(vm.vmSwitch)].map(([id, { network }]) => [id, network])),
      vm,
      isWhole: (nic: Nic) => isWhole(nic, view),
      isElsewhere: (nic: Nic) => isElsewhere(nic, view),
      down: (portId: string) => this.#downPorts.get(portId),
      labelOf: (nic: Nic) => labelOnPair(nic, view),
    };
    return { findings: findDifferences(held, seen, { patienceMs: this.#patienceMs }), seen };
  }

  /** The used set follows what is seen: tags that others have taken, and tags that they have let go of. */
  async #freeVlans(seen: Observation): Promise<void> {
    const { vlans } = await this.#engine.vm();
    const ours = [...this.#engine.nics.all(), ...this.#engine.draining].flatMap(({ vlan }) => vlan ?? []);
    // What was ours then and is not now, has been freed since.
    const others = usedVlans(seen).filter((vlan) => !seen.vlansBefore.has(vlan));
    vlans.follow(new Set([...others, ...ours]));
  }
}
