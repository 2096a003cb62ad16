import {
  mayHaveTakenEffect,
  type Neutron,
  OpenStackError,
  type SubPort,
  type Trunk as TrunkView,
} from '@ovn-docker/openstack';
import { makeOnce } from '../../clients/neutron/make-once.ts';
import { isAway, isNotFound, isTrunkRefused } from '../../clients/neutron/refusals.ts';
import { InBatches } from '../../queues/in-batches.ts';
import { KnownSubports } from './known-subports.ts';

interface Change {
  readonly kind: 'add' | 'remove';
  readonly subports: readonly SubPort[];
  readonly done: PromiseWithResolvers<void>;
}

/** How long to search for the subports of a request that timed out, in milliseconds for each of them. */
const PER_SUBPORT_MS = 500;
/** The shortest such search, in milliseconds. */
const SHORTEST_LATE_MS = 5000;

/**
 * The trunk on the VM's own port. Neutron locks a trunk for every change and is slow when changes compete (8
 * concurrent calls took up to 30 s), so the agent sends one change at a time; changes that wait meanwhile
 * share the next call.
 */
export class Trunk {
  readonly #neutron: Neutron;
  readonly #vifId: string;
  #id: string | undefined;
  readonly #known = new KnownSubports();
  readonly #changes = new InBatches<Change>(
    (batch) => this.#send(batch),
    (first, other) => first.kind === other.kind,
  );

  constructor(neutron: Neutron, vifId: string) {
    this.#neutron = neutron;
    this.#vifId = vifId;
  }

  /**
   * The trunk's id; creates the trunk if there is none.
   * @throws OpenStackError 409 `ParentPortInUse` when the cloud makes no trunk on the port of a running VM
   */
  ensure(): Promise<string> {
    return this.#findOrMake();
  }

  /**
   * Adds ports as subports, and creates the trunk if there is none. Ports that Neutron has confirmed under
   * their VLAN cost no request.
   * @returns whether it sent a request
   * @throws OpenStackError 409 `DuplicateSubPort` when one of the VLANs is taken; then Neutron adds no port
   */
  async add(subports: readonly SubPort[]): Promise<boolean> {
    const missing = subports.filter((subport) => !this.#known.has(subport));
    await this.#change('add', missing);
    return missing.length > 0;
  }

  /** Adds a port that Neutron no longer shows on the trunk, even if it was confirmed before. */
  addAgain(subport: SubPort): Promise<void> {
    return this.#change('add', [subport]);
  }

  /**
   * Removes ports. Ignores ports that are not on the trunk, and never touches other programs' subports.
   * @returns whether it sent a request
   */
  async remove(subports: readonly SubPort[]): Promise<boolean> {
    await this.#change('remove', subports);
    return subports.length > 0;
  }

  /** Takes these subports for confirmed until the trunk is read. */
  assume(subports: readonly SubPort[]): void {
    this.#known.assume(subports);
  }

  /** All subports, including those of other programs; none when there is no trunk or no trunk extension. */
  subports(): Promise<readonly SubPort[]> {
    return this.#known.read(async () => {
      const trunk = await findTrunk(this.#neutron, this.#vifId);
      this.#id = trunk?.id;
      return trunk?.sub_ports ?? [];
    });
  }

  #change(kind: Change['kind'], subports: readonly SubPort[]): Promise<void> {
    if (subports.length === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#changes.add({ kind, subports, done });
    return done.promise;
  }

  /**
   * Sends a batch in one call. If Neutron refuses the batch because of one change, sends each change alone,
   * so that the others succeed. If Neutron does not answer or there can be no trunk, rejects all changes at
   * once.
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
      const isHopeless = isAway(error) || isTrunkRefused(error);
      if (others.length === 0 || isHopeless) for (const { done } of batch) done.reject(error);
      else for (const change of batch) await this.#send([change]);
    }
  }

  #carryOut(kind: Change['kind'], subports: readonly SubPort[]): Promise<void> {
    return this.#known.change(kind, subports, () =>
      kind === 'add' ? this.#add(subports) : this.#remove(subports),
    );
  }

  /** Neutron adds all or none. If an earlier agent has added some of them, sends the missing ones again. */
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

  /** Finds or creates the trunk when its id is unknown, and once more when it was deleted. */
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
      // 409 `ParentPortInUse`: either another program created the trunk after `find`, or this cloud makes no
      // trunk on the port of a running VM.
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
      // Neutron refuses the whole batch when one of the ports is no subport any more.
      if (!isNotFound(error) && !mayHaveTakenEffect(error)) throw error;
      const ids = new Set(subports.map(({ port_id }) => port_id));
      const present = (await this.subports()).filter(({ port_id }) => ids.has(port_id));
      if (present.length > 0 && this.#id !== undefined) {
        await this.#neutron.trunks.removeSubports(this.#id, present);
      }
    }
  }

  async #missing(subports: readonly SubPort[]): Promise<SubPort[]> {
    const subportsNow = await this.subports();
    const vlans = new Map(subportsNow.map(({ port_id, segmentation_id }) => [port_id, segmentation_id]));
    return subports.filter(({ port_id, segmentation_id }) => vlans.get(port_id) !== segmentation_id);
  }
}

/**
 * The trunk on a port. A Neutron without the trunk extension answers 404, which counts as "no trunk": port
 * binding works there all the same.
 */
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
