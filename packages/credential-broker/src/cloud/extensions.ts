import type { ParentMode } from '../policy/bodies.ts';
import { ExpiringMap } from './expiring-map.ts';
import { type Item, itemsOf } from './list-visible.ts';
import type { NeutronApi } from './neutron-api.ts';

/** Neutron keeps the tags of a new port. */
const TAGS_AT_CREATION = 'tag-ports-during-bulk-creation';

/**
 * Clients may write a port's parent into `binding:profile`, and its owner is checked. In mode port-binding
 * the broker makes sure of both, whatever Neutron does; in mode trunk it allows neither.
 */
const PARENT_BINDING = 'container-parent-binding';

/** The extensions of Neutron; the operator changes them with a new release. */
export class Extensions {
  readonly #api: NeutronApi;
  readonly #known = new ExpiringMap<'all', readonly Item[]>({ ttlMs: 300_000, most: 1 });

  constructor(api: NeutronApi) {
    this.#api = api;
  }

  /** Whether Neutron keeps the tags of a new port. @throws NeutronFailure */
  async keepTags(): Promise<boolean> {
    const all = this.#known.get('all') ?? (await this.read());
    return all.some(({ alias }) => alias === TAGS_AT_CREATION);
  }

  /** All extensions, as Neutron lists them now. @throws NeutronFailure */
  async read(): Promise<readonly Item[]> {
    const all = itemsOf(await this.#api.send({ method: 'GET', path: '/extensions' }), 'extensions');
    this.#known.set('all', all);
    return all;
  }
}

/** The extensions as an agent shall see them, which chooses its mode by them. */
export function extensionsFor(
  mode: ParentMode,
  all: readonly Item[],
): readonly Readonly<Record<string, unknown>>[] {
  const others = all.filter(({ alias }) => alias !== PARENT_BINDING);
  if (mode === 'trunk') return others;
  const own = {
    alias: PARENT_BINDING,
    name: 'Parent binding of containers',
    description: 'The broker checks the parent in binding:profile.',
    updated: '2026-01-01T00:00:00-00:00',
    links: [],
  };
  return [...others, all.find(({ alias }) => alias === PARENT_BINDING) ?? own];
}
