import { Hidden, Refusal } from '../errors.ts';
import { carriesMark, type Marked, markedDescriptions, markOf } from '../policy/mark.ts';
import type { Vm } from '../policy/vm.ts';
import { ExpiringMap } from './expiring-map.ts';
import {
  getVisible,
  type Item,
  idsOf,
  inChunks,
  itemsOf,
  narrowTo,
  type Source,
  type View,
} from './list-visible.ts';
import { type Answer, type NeutronApi, NeutronFailure } from './neutron-api.ts';

/** How long the broker relies on a mark that it has seen, before it asks Neutron again. */
const MARK_MS = 60_000;
/** How long it counts a VM's ports itself, before it asks Neutron again. */
const COUNT_MS = 60_000;
const NEEDS = ['tags', 'description', 'project_id'] as const;

/** The ports with the marks of VMs. */
export class OwnPorts {
  readonly #api: NeutronApi;
  /** Ids of ports by VM and port. */
  readonly #marked = new ExpiringMap<string, true>({ ttlMs: MARK_MS, most: 100_000 });
  readonly #counts = new Map<string, Count>();
  readonly #reading = new Map<string, Reading>();
  /** The number of ports in requests that are under way, by VM. */
  readonly #pending = new Map<string, number>();

  constructor(api: NeutronApi) {
    this.#api = api;
  }

  /** What a VM sees of ports: its own port, and those with its mark. */
  view(vm: Vm, filters: URLSearchParams): View {
    return {
      path: 'ports',
      key: 'ports',
      kind: 'Port',
      needs: NEEDS,
      sources: sourcesOf(vm, filters),
      visibleAmong: (items) => {
        const visible = items.filter((item) => item.id === vm.id || isMarked(item, vm));
        for (const item of visible) if (item.id !== vm.id) this.remember(vm, item.id);
        return visible;
      },
    };
  }

  /** Records that a port carries the VM's mark: the broker has just seen or written it. */
  remember(vm: Vm, id: string): void {
    this.#marked.set(`${vm.id} ${id}`, true);
  }

  /**
   * Checks that all of these ports carry the VM's mark. Its own port does not: the VM may not change it.
   *
   * @throws Hidden for the first port that does not; NeutronFailure
   */
  async requireMarked(vm: Vm, ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => this.#marked.get(`${vm.id} ${id}`) === undefined);
    const [first] = unknown;
    if (first === undefined) return;
    if (unknown.length === 1) return this.#requireOne(vm, first);
    for (const chunk of inChunks(unknown)) {
      const query = new URLSearchParams([...idsOf(chunk), ...fieldsOf(['id', ...NEEDS])]);
      const items = itemsOf(await this.#api.send({ method: 'GET', path: '/ports', query }), 'ports');
      for (const item of items) if (isMarked(item, vm)) this.remember(vm, item.id);
      // Before the next request: a body can name thousands of ports that do not exist.
      const missing = chunk.find((id) => this.#marked.get(`${vm.id} ${id}`) === undefined);
      if (missing !== undefined) throw new Hidden('Port', missing);
    }
  }

  /**
   * Creates ports within the VM's quota.
   *
   * @param send creates them
   * @throws Refusal `quota`; NeutronFailure, and what `send` throws
   */
  async createWithin(
    vm: Vm,
    { ports, most }: { readonly ports: number; readonly most: number },
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    await this.#reserve(vm, ports, most);
    let created = ports;
    try {
      return await send();
    } catch (error) {
      // After a 5xx Neutron may have created them: they count until the next look at Neutron.
      if (!(error instanceof NeutronFailure) || error.answer.status < 500) created = 0;
      throw error;
    } finally {
      this.#pending.set(vm.id, this.#pendingOf(vm) - ports);
      this.#change(vm, created);
    }
  }

  /** Forgets a port that Neutron has deleted or does not have. */
  remove(vm: Vm, id: string): void {
    this.#marked.delete(`${vm.id} ${id}`);
    this.#change(vm, -1);
  }

  /** The number of the VM's ports, at most a minute old. @throws NeutronFailure */
  async count(vm: Vm): Promise<number> {
    return (await this.#countOf(vm, COUNT_MS)).ports;
  }

  async #requireOne(vm: Vm, id: string): Promise<void> {
    const item = await getVisible(this.#api, this.view(vm, new URLSearchParams()), id, 'port');
    if (item.id === vm.id) throw new Refusal('request', `the VM's own port ${id} cannot be changed`);
  }

  /** Another broker or the project may have deleted ports, so a full quota is counted again. */
  async #reserve(vm: Vm, ports: number, most: number): Promise<void> {
    for (const withinMs of [COUNT_MS, 0]) {
      const count = await this.#countOf(vm, withinMs);
      const pending = this.#pendingOf(vm) + ports;
      if (count.ports + pending > most) continue;
      this.#pending.set(vm.id, pending);
      return;
    }
    throw new Refusal('quota', `Quota exceeded for resources: ['port']: the VM may have ${most} ports`);
  }

  #pendingOf(vm: Vm): number {
    return this.#pending.get(vm.id) ?? 0;
  }

  #change(vm: Vm, ports: number): void {
    const count = this.#counts.get(vm.id);
    if (count !== undefined) count.ports = Math.max(0, count.ports + ports);
    // Whether a list that is being read contains a new port is uncertain: then it counts twice for a while.
    const reading = this.#reading.get(vm.id);
    if (reading !== undefined) reading.created += Math.max(0, ports);
  }

  /** Requests that come together share one count. */
  #countOf(vm: Vm, withinMs: number): Promise<Count> {
    const known = this.#counts.get(vm.id);
    if (known !== undefined && performance.now() - known.at < withinMs) return Promise.resolve(known);
    const running = this.#reading.get(vm.id);
    if (running !== undefined) return running.count;
    const reading: Reading = { created: 0, count: Promise.resolve({ ports: 0, at: 0 }) };
    reading.count = this.#readCount(vm, reading).finally(() => this.#reading.delete(vm.id));
    this.#reading.set(vm.id, reading);
    return reading.count;
  }

  async #readCount(vm: Vm, reading: Reading): Promise<Count> {
    const at = performance.now();
    const queries = [{ tags: [markOf(vm.id)] }, { description: markedDescriptions(vm.id) }];
    const answers = await Promise.all(
      queries.map((filters) => {
        const query = new URLSearchParams(fieldsOf(['id']));
        query.set('project_id', projectOf(vm));
        for (const [name, values] of Object.entries(filters)) {
          for (const value of values) query.append(name, value);
        }
        return this.#api.send({ method: 'GET', path: '/ports', query });
      }),
    );
    const ids = new Set(answers.flatMap((answer) => itemsOf(answer, 'ports').map(({ id }) => id)));
    const count = { ports: ids.size + reading.created, at };
    this.#counts.set(vm.id, count);
    return count;
  }
}

/** A count that is being read, and how many ports the broker has created since. */
interface Reading {
  created: number;
  count: Promise<Count>;
}

interface Count {
  ports: number;
  readonly at: number;
}

function isMarked(item: Item, vm: Vm): boolean {
  return carriesMark(item as Marked, vm.id) && item['project_id'] === projectOf(vm);
}

function projectOf({ invitation }: Vm): string {
  return invitation.project_id;
}

function fieldsOf(names: readonly string[]): [string, string][] {
  return names.map((name) => ['fields', name]);
}

/**
 * The lists of Neutron that together contain what a VM may see. Most requests of an agent name ids, tags or
 * descriptions, and then one list suffices.
 */
function sourcesOf(vm: Vm, filters: URLSearchParams): readonly Source[] {
  const mark = markOf(vm.id);
  const descriptions = markedDescriptions(vm.id);
  const everything: Source = { narrow: (given) => given, contains: () => true };
  if (filters.has('id')) return [everything];
  const isTagged = (item: Item) => ((item['tags'] ?? []) as readonly string[]).includes(mark);
  const tagged: Source = {
    narrow: (given) => {
      const narrowed = inProject(given, vm);
      // Neutron wants all of the tags that one parameter lists.
      narrowed.set(
        'tags',
        [...new Set([...given.getAll('tags').flatMap((tags) => tags.split(',')), mark])].join(','),
      );
      return narrowed;
    },
    contains: isTagged,
  };
  if (filters.getAll('tags').some((tags) => tags.split(',').includes(mark))) return [tagged];
  const described = (contains: Source['contains']): Source => ({
    narrow: (given) => narrowTo(inProject(given, vm), 'description', descriptions),
    contains,
  });
  const wanted = filters.getAll('description');
  if (wanted.length > 0 && wanted.every((text) => descriptions.includes(text)))
    return [described(() => true)];
  const parent: Source = {
    narrow: (given) => narrowTo(given, 'id', [vm.id]),
    contains: ({ id }) => id === vm.id,
  };
  return [parent, tagged, described((item) => !isTagged(item) && item.id !== vm.id)];
}

/** The owner of a network sees the ports of other projects on it. */
function inProject(filters: URLSearchParams, vm: Vm): URLSearchParams {
  const narrowed = new URLSearchParams(filters);
  narrowed.set('project_id', projectOf(vm));
  return narrowed;
}
