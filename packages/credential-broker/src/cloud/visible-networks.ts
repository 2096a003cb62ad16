import { Hidden } from '../errors.ts';
import { markOf } from '../policy/mark.ts';
import type { Vm } from '../policy/vm.ts';
import { ExpiringMap } from './expiring-map.ts';
import { type Item, idsOf, inChunks, itemsOf, narrowTo, type Source, type View } from './list-visible.ts';
import type { NeutronApi } from './neutron-api.ts';

/** How long the broker relies on what it has read of a network. */
const NETWORK_MS = 30_000;
/** The same for the list of the networks that a VM created. */
const CREATED_MS = 10_000;

const everything = (filters: URLSearchParams) => filters;

/** The networks that a VM may see and use, and their subnets. */
export class VisibleNetworks {
  readonly #api: NeutronApi;
  /** Whether the project may use a network, by id. */
  readonly #usable = new ExpiringMap<string, boolean>({ ttlMs: NETWORK_MS, most: 10_000 });
  /** The network of a subnet. */
  readonly #networkOf = new ExpiringMap<string, string>({ ttlMs: NETWORK_MS, most: 10_000 });
  /** Ids of the networks that a VM created, by the VM. */
  readonly #created = new ExpiringMap<string, readonly string[]>({ ttlMs: CREATED_MS, most: 10_000 });

  constructor(api: NeutronApi) {
    this.#api = api;
  }

  async networks(vm: Vm): Promise<View> {
    const ids = await this.#readable(vm);
    return {
      path: 'networks',
      key: 'networks',
      kind: 'Network',
      needs: ['project_id', 'shared'],
      sources:
        ids === undefined
          ? [{ narrow: everything, contains: () => true }]
          : chunked('id', ids, ({ id }) => id),
      visibleAmong: (items) => items.filter((item) => ids?.includes(item.id) ?? this.#note(item, vm)),
    };
  }

  async subnets(vm: Vm): Promise<View> {
    const ids = await this.#readable(vm);
    const networkOf = (item: Item) => String(item['network_id']);
    return {
      path: 'subnets',
      key: 'subnets',
      kind: 'Subnet',
      needs: ['network_id'],
      sources:
        ids === undefined
          ? [{ narrow: everything, contains: () => true }]
          : chunked('network_id', ids, networkOf),
      visibleAmong: async (items) => {
        const visible = ids ?? (await this.#visibleAmong(items.map(networkOf), vm));
        return items.filter((item) => visible.includes(networkOf(item)));
      },
    };
  }

  /**
   * Checks that a VM may create ports on a network.
   *
   * @throws Hidden, NeutronFailure
   */
  async requireUsable(vm: Vm, id: string): Promise<void> {
    const { networks } = vm.invitation;
    if (networks === null) await this.#learn([id], vm);
    const isUsable =
      networks === null
        ? this.#usable.get(id) === true
        : networks.includes(id) || (await this.created(vm)).includes(id);
    if (!isUsable) throw new Hidden('Network', id);
  }

  /**
   * Checks that a VM sees all of these subnets. Neutron would refuse a subnet of another network in other
   * words than one that does not exist.
   *
   * @throws Hidden, NeutronFailure
   */
  async requireSubnets(vm: Vm, ids: readonly string[]): Promise<void> {
    const distinct = [...new Set(ids)];
    for (const chunk of inChunks(distinct)) {
      await this.#learnSubnets(chunk.filter((id) => this.#networkOf.get(id) === undefined));
      const networks = chunk.flatMap((id) => this.#networkOf.get(id) ?? []);
      const visible = (await this.#readable(vm)) ?? (await this.#visibleAmong(networks, vm));
      const hidden = chunk.find((id) => !visible.includes(this.#networkOf.get(id) ?? ''));
      if (hidden !== undefined) throw new Hidden('Subnet', hidden);
    }
  }

  async #learnSubnets(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const query = new URLSearchParams(idsOf(ids));
    for (const field of ['id', 'network_id']) query.append('fields', field);
    const answer = await this.#api.send({ method: 'GET', path: '/subnets', query });
    for (const { id, network_id } of itemsOf(answer, 'subnets')) this.#networkOf.set(id, String(network_id));
  }

  /** Ids of the networks that the VM created; none if its invitation does not allow that. */
  async created(vm: Vm): Promise<readonly string[]> {
    if (!vm.invitation.with_networks) return [];
    const known = this.#created.get(vm.id);
    if (known !== undefined) return known;
    const query = new URLSearchParams([
      ['description', markOf(vm.id)],
      ['project_id', vm.invitation.project_id],
      ['fields', 'id'],
    ]);
    const ids = itemsOf(await this.#api.send({ method: 'GET', path: '/networks', query }), 'networks').map(
      ({ id }) => id,
    );
    this.#created.set(vm.id, ids);
    return ids;
  }

  /** Reads again which networks the VM created: it has created or deleted one. */
  forgetCreated(vm: Vm): void {
    this.#created.delete(vm.id);
  }

  /**
   * Ids of all networks that the VM may read; undefined for the project's and shared ones. The network of its
   * own port belongs to them, because the agent compares the MTU.
   */
  async #readable(vm: Vm): Promise<readonly string[] | undefined> {
    const { networks } = vm.invitation;
    if (networks === null) return undefined;
    return [...new Set([...networks, ...(await this.created(vm)), vm.parent.network_id])];
  }

  async #visibleAmong(ids: readonly string[], vm: Vm): Promise<readonly string[]> {
    await this.#learn(ids, vm);
    return ids.filter((id) => this.#usable.get(id) === true || id === vm.parent.network_id);
  }

  async #learn(ids: readonly string[], vm: Vm): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => this.#usable.get(id) === undefined);
    for (const chunk of inChunks(unknown)) {
      const query = new URLSearchParams(idsOf(chunk));
      for (const field of ['id', 'project_id', 'shared']) query.append('fields', field);
      const answer = await this.#api.send({ method: 'GET', path: '/networks', query });
      for (const item of itemsOf(answer, 'networks')) this.#note(item, vm);
    }
  }

  #note(item: Item, vm: Vm): boolean {
    const isUsable = item['project_id'] === vm.invitation.project_id || item['shared'] === true;
    this.#usable.set(item.id, isUsable);
    return isUsable || item.id === vm.parent.network_id;
  }
}

function chunked(name: string, ids: readonly string[], idOf: (item: Item) => string): Source[] {
  return inChunks(ids).map((chunk) => ({
    narrow: (filters) => narrowTo(filters, name, chunk),
    contains: (item) => chunk.includes(idOf(item)),
  }));
}
