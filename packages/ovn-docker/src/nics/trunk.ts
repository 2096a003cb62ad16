import {
  mayHaveTakenEffect,
  type Neutron,
  OpenStackConnectionError,
  OpenStackError,
  type SubPort,
  type Trunk as TrunkView,
} from '@ovn-docker/openstack';
import { isNotFound } from '../clients/refusals.ts';

interface Change {
  readonly kind: 'add' | 'remove';
  readonly subports: readonly SubPort[];
  readonly done: PromiseWithResolvers<void>;
}

/**
 * The trunk on the VM's own port. Neutron locks a trunk for every change and is slow when changes compete (8 calls at once
 * were seen to take 30 s), so they go one after the other, and what waits meanwhile goes in one call.
 */
export class Trunk {
  readonly #neutron: Neutron;
  readonly #vifId: string;
  #id: string | undefined;
  /** VLANs of the ports that it surely carries: a warm NIC is attached without asking anybody. */
  #carried = new Map<string, number>();
  /** Changes that were begun or ended: what was read meanwhile may be of before or after. */
  #moments = 0;
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
    const moment = this.#moments;
    const trunk = await findTrunk(this.#neutron, this.#vifId);
    this.#id = trunk?.id;
    const subports = trunk?.sub_ports ?? [];
    const isCertain = moment === this.#moments && !this.#isWorking;
    this.#carried = new Map(isCertain ? subports.map((is) => [is.port_id, is.segmentation_id]) : []);
    return subports;
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
      const subports = batch.flatMap((change) => change.subports);
      this.#moments++;
      for (const { port_id } of subports) this.#carried.delete(port_id);
      await (first.kind === 'add' ? this.#add(subports) : this.#remove(subports));
      this.#moments++;
      if (first.kind === 'add') for (const is of subports) this.#carried.set(is.port_id, is.segmentation_id);
      for (const { done } of batch) done.resolve();
    } catch (error) {
      const isAway = error instanceof OpenStackConnectionError;
      if (others.length === 0 || isAway) for (const { done } of batch) done.reject(error);
      else for (const change of batch) await this.#send([change]);
    }
  }

  async #add(subports: readonly SubPort[]): Promise<void> {
    try {
      await this.#withTrunk((id) => this.#neutron.trunks.addSubports(id, subports));
    } catch (error) {
      if (!isRefused(error) && !mayHaveTakenEffect(error)) throw error;
      // It may have been done all the same, by a call whose answer was lost or by an agent that died since.
      const missing = await this.#missing(subports);
      if (missing.length === subports.length) throw error;
      if (missing.length > 0) await this.#withTrunk((id) => this.#neutron.trunks.addSubports(id, missing));
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

  /** With the trunk's id, looked up or made once; when somebody has deleted the trunk, once more. */
  async #withTrunk<T>(work: (id: string) => Promise<T>): Promise<T> {
    if (this.#id !== undefined) {
      try {
        return await work(this.#id);
      } catch (error) {
        if (!(isNotFound(error) && error instanceof OpenStackError && error.type === 'TrunkNotFound'))
          throw error;
      }
    }
    await this.subports();
    this.#id ??= (await this.#neutron.trunks.create({ port_id: this.#vifId, name: 'ovn-docker' })).id;
    return work(this.#id);
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
