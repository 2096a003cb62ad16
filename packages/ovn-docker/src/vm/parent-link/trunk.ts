import {
  mayHaveTakenEffect,
  type Neutron,
  OpenStackError,
  type SubPort,
  type Trunk as TrunkView,
} from '@ovn-docker/openstack';
import { makeOnce } from '../../clients/neutron/make-once.ts';
import { isAway, isNotFound } from '../../clients/neutron/refusals.ts';

interface Change {
  readonly kind: 'add' | 'remove';
  readonly subports: readonly SubPort[];
  readonly done: PromiseWithResolvers<void>;
}

/** What a busy Neutron needs for one subport of a change that nobody waited for, and for a change at least, in milliseconds. */
const PER_SUBPORT_MS = 500;
const SHORTEST_LATE_MS = 5000;

/**
 * The trunk on the VM's own port. Neutron locks a trunk for every change and is slow when changes compete (8 calls at once
 * were seen to take 30 s), so they go one after the other, and what waits meanwhile goes in one call.
 */
export class Trunk {
  readonly #neutron: Neutron;
  readonly #vifId: string;
  #id: string | undefined;
  /** VLANs of the ports that it surely carries: a warm NIC is attached without asking anybody. */
  readonly #carried = new Map<string, number>();
  /** Ports of the change that is under way. */
  #inFlight: ReadonlySet<string> = new Set();
  /** For each reading that is under way, the ports that were changed meanwhile: of these it may say what was before or after. */
  readonly #readings = new Set<Set<string>>();
  #waiting: Change[] = [];
  #isWorking = false;

  constructor(neutron: Neutron, vifId: string) {
    this.#neutron = neutron;
    this.#vifId = vifId;
  }

  /**
   * Makes ports subports, and the trunk if there is none. Those that are already there under their VLAN are fine, and Neutron is
   * not asked about those that it has shown or confirmed so.
   * @throws OpenStackError 409 `DuplicateSubPort` when one of the VLANs is taken; then none is added
   */
  add(subports: readonly SubPort[]): Promise<void> {
    const missing = subports.filter(
      ({ port_id, segmentation_id }) => this.#carried.get(port_id) !== segmentation_id,
    );
    return this.#change('add', missing);
  }

  /** Adds a port that was seen to be gone from it, whatever was known before. */
  addAgain(subport: SubPort): Promise<void> {
    return this.#change('add', [subport]);
  }

  /** Takes ports out; those that are not there are fine. Others' subports are never touched. */
  remove(subports: readonly SubPort[]): Promise<void> {
    return this.#change('remove', subports);
  }

  /** What the trunk carries now, whoever put it there; nothing when there is no trunk, or no such thing in this Neutron. */
  async subports(): Promise<readonly SubPort[]> {
    const uncertain = new Set(this.#inFlight);
    this.#readings.add(uncertain);
    try {
      const trunk = await findTrunk(this.#neutron, this.#vifId);
      this.#id = trunk?.id;
      const subports = trunk?.sub_ports ?? [];
      this.#learn(subports, uncertain);
      return subports;
    } finally {
      this.#readings.delete(uncertain);
    }
  }

  /** Of what is uncertain, what was known stays: the change itself says what came of it. */
  #learn(subports: readonly SubPort[], uncertain: ReadonlySet<string>): void {
    const seen = new Map(subports.map((is) => [is.port_id, is.segmentation_id]));
    for (const id of this.#carried.keys()) if (!uncertain.has(id) && !seen.has(id)) this.#carried.delete(id);
    for (const [id, vlan] of seen) if (!uncertain.has(id)) this.#carried.set(id, vlan);
  }

  #change(kind: Change['kind'], subports: readonly SubPort[]): Promise<void> {
    if (subports.length === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ kind, subports, done });
    void this.#work();
    return done.promise;
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#send(batch);
    } finally {
      this.#isWorking = false;
    }
  }

  /** The changes of one kind at the head of the queue. */
  #next(): Change[] {
    const end = this.#waiting.findIndex(({ kind }) => kind !== this.#waiting[0]?.kind);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  /**
   * All in one call; when that is refused because of one of them, each for itself, so that one does not fail the others. When
   * nobody answers, asking for each only makes all of them wait longer.
   */
  async #send(batch: readonly Change[]): Promise<void> {
    const [first, ...others] = batch;
    if (!first) return;
    try {
      await this.#carryOut(
        first.kind,
        batch.flatMap((change) => change.subports),
      );
      for (const { done } of batch) done.resolve();
    } catch (error) {
      if (others.length === 0 || isAway(error)) for (const { done } of batch) done.reject(error);
      else for (const change of batch) await this.#send([change]);
    }
  }

  async #carryOut(kind: Change['kind'], subports: readonly SubPort[]): Promise<void> {
    this.#inFlight = new Set(subports.map(({ port_id }) => port_id));
    for (const id of this.#inFlight) {
      this.#carried.delete(id);
      for (const reading of this.#readings) reading.add(id);
    }
    try {
      await (kind === 'add' ? this.#add(subports) : this.#remove(subports));
      if (kind === 'add') for (const is of subports) this.#carried.set(is.port_id, is.segmentation_id);
    } finally {
      this.#inFlight = new Set();
    }
  }

  /** All or none; but some may be there already, by an agent that died since: then what is missing of them. */
  async #add(subports: readonly SubPort[]): Promise<void> {
    try {
      await this.#addToTrunk(subports);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const missing = await this.#missing(subports);
      if (missing.length === subports.length) throw error;
      if (missing.length > 0) await this.#addToTrunk(missing);
    }
  }

  /** To the trunk that is known, else to the one that is found or made; when somebody has deleted it, once more. */
  async #addToTrunk(subports: readonly SubPort[]): Promise<void> {
    try {
      await this.#addTo(this.#id ?? (await this.#findOrMake()), subports);
    } catch (error) {
      if (!isNotFound(error) || (error as OpenStackError).type !== 'TrunkNotFound') throw error;
      await this.#addTo(await this.#findOrMake(), subports);
    }
  }

  async #addTo(id: string, subports: readonly SubPort[]): Promise<void> {
    let missing = subports;
    await makeOnce<unknown>(
      () => this.#neutron.trunks.addSubports(id, missing),
      async () => {
        missing = await this.#missing(subports);
        return missing.length === 0 ? true : undefined;
      },
      Math.max(SHORTEST_LATE_MS, subports.length * PER_SUBPORT_MS),
    );
  }

  async #findOrMake(): Promise<string> {
    const find = async () => {
      await this.subports();
      return this.#id;
    };
    const found = await find();
    if (found !== undefined) return found;
    const body = { port_id: this.#vifId, name: 'ovn-docker' };
    try {
      this.#id = await makeOnce(async () => (await this.#neutron.trunks.create(body)).id, find);
      return this.#id;
    } catch (error) {
      // 409 `ParentPortInUse`: somebody has made it since it was looked for.
      const theirs = isRefused(error) ? await find() : undefined;
      if (theirs === undefined) throw error;
      return theirs;
    }
  }

  async #remove(subports: readonly SubPort[]): Promise<void> {
    if (this.#id === undefined) await this.subports();
    if (this.#id === undefined) return;
    try {
      await this.#neutron.trunks.removeSubports(this.#id, subports);
    } catch (error) {
      // Neutron refuses the whole batch when one is gone already.
      if (!isNotFound(error) && !mayHaveTakenEffect(error)) throw error;
      const ids = new Set(subports.map(({ port_id }) => port_id));
      const present = (await this.subports()).filter(({ port_id }) => ids.has(port_id));
      if (present.length > 0 && this.#id !== undefined) {
        await this.#neutron.trunks.removeSubports(this.#id, present);
      }
    }
  }

  async #missing(subports: readonly SubPort[]): Promise<SubPort[]> {
    const present = new Map((await this.subports()).map((is) => [is.port_id, is.segmentation_id]));
    return subports.filter(({ port_id, segmentation_id }) => present.get(port_id) !== segmentation_id);
  }
}

/** The trunk on a port. A Neutron without the extension answers 404 to the question (port-binding mode still works there). */
export async function findTrunk(neutron: Neutron, portId: string): Promise<TrunkView | undefined> {
  const trunks = await neutron.trunks.all({ port_id: portId }).catch((error: unknown) => {
    if (isNotFound(error)) return [];
    throw error;
  });
  return trunks[0];
}

function isRefused(error: unknown): boolean {
  return error instanceof OpenStackError && error.status === 409;
}
