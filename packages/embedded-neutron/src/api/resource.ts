import {
  type AttributeTable,
  parseUpdate,
  refuseAdminChanges,
  refuseAdminValues,
  type Schema,
  type UpdateValues,
} from '../attributes/attributes.ts';
import type { Backend } from '../backend.ts';
import type { NeutronError } from '../errors.ts';
import type { NbRows, NbTransaction } from '../northbound/northbound.ts';
import type { AnyIndex } from '../northbound/row-index.ts';
import { mapInSlices } from '../northbound/slices.ts';
import { type Caller, requireWriter } from '../policy/caller.ts';
import { type Limited, requireQuota } from '../policy/quotas.ts';
import type { Extension } from './extensions.ts';
import { by, type FilterIndex } from './filter-index.ts';
import { type Filter, standardFilters, tagFilters } from './filters.ts';
import type { Routes } from './routes.ts';

/** The body of a resource in a request. */
export type Body = Readonly<Record<string, unknown>>;
/** A resource as the API returns it. */
export type Wire = Readonly<Record<string, unknown>>;

/** The attributes that the generic routes read from every item. */
export interface Tagged {
  readonly id: string;
  readonly project_id: string;
  readonly tags: readonly string[];
  readonly revision_number: number;
}

/** Attributes that every list can be sorted by. */
const standardSortKeys = ['id', 'tenant_id', 'project_id'];

/** A request about one item. */
export interface ItemRequest {
  readonly caller: Caller;
  readonly id: string;
  /** The revision that `If-Match` requires. */
  readonly revision: number | undefined;
  /** Aborts when the client hangs up. */
  readonly signal?: AbortSignal | undefined;
}

/** A request to change one item. */
export interface Edit<A> extends ItemRequest {
  readonly changes: UpdateValues<A>;
}

/** The members that a definition and its {@link Resource} have in common. */
interface Declaration extends Limited {
  /** Key of one item in a body: `security_group`. */
  readonly singular: string;
  /** Key of many items in a body: `security_groups`. */
  readonly plural: string;
  /** In URLs: `security-groups`. */
  readonly path: string;
  /** The rows of OVN Northbound that `find` reads. */
  readonly rows: NbRows;
  /** The index by which items are found by their ids; its keys are the ids. */
  readonly byId: AnyIndex;
  /** The attributes that a request can set. */
  readonly attributes: AttributeTable;
  /** Attributes that lists can be sorted by, besides id and project. */
  readonly sortKeys: readonly string[];
  /** The extensions of the API that this resource provides. */
  readonly extensions: readonly Extension[];
  readonly notFound: (id: string) => NeutronError;
  /** Whether an extension of Neutron serves this resource. Its requests are checked in another order. */
  readonly byExtension?: true;
  /**
   * Whether all plans are shared plans (docs/decisions/neutron-engine.md). They take their places in the
   * quota themselves.
   */
  readonly shared?: true;
  /** Adds routes beyond list, show, create, update and delete. */
  readonly routes?: (routes: Routes, backend: Backend) => void;
}

/**
 * One kind of resource, as its folder below resources/ defines it.
 *
 * To *plan* a change means to check it and to add its operations to the transaction `tx` (see
 * `Northbound.change`). A plan throws a NeutronError if the change is not allowed.
 *
 * @typeParam T an item, as it is read from the database
 * @typeParam V an item to be created, as it is read from a request
 * @typeParam A the attributes that a request can set
 */
interface Definition<T extends Tagged, V extends { readonly project_id: string }, A extends AttributeTable>
  extends Declaration,
    Schema<A> {
  readonly attributes: A;
  /** Filters of lists by name, besides those of id, project, description, revision and tags. */
  readonly filters: Readonly<Record<string, Filter>>;
  /** The filters whose items are found by an index; other filters look at every item. */
  readonly indexes?: Readonly<Record<string, FilterIndex>>;
  find(backend: Backend, id: string): T | undefined;
  isVisible(backend: Backend, caller: Caller, item: T): boolean;
  /** The item as the API returns it to the caller. A promise if the item is so large that it takes long. */
  render(backend: Backend, caller: Caller, item: T): Wire | Promise<Wire>;
  /** Reads and checks one body of a request, without the database. @throws NeutronError */
  parse(body: Body, caller: Caller): V;
  /** Checks all items of a request together, without the database. @throws NeutronError */
  readonly checkAll?: (values: readonly V[]) => void;
  /** Refuses an item whose network the caller does not see. Rights are checked later. @throws NeutronError */
  readonly requireNetwork?: (backend: Backend, caller: Caller, value: V) => void;
  /**
   * Plans new items, and yields after each; the quota is already checked. Returns their ids in the order of
   * `values`.
   */
  insert(
    backend: Backend,
    tx: NbTransaction,
    caller: Caller,
    values: readonly V[],
  ): Generator<void, readonly string[]>;
  /** Plans a change. Absent if items cannot be changed. */
  readonly update?: (backend: Backend, tx: NbTransaction, edit: Edit<A>) => void | Generator<void, void>;
  /** Plans a deletion. */
  delete(backend: Backend, tx: NbTransaction, request: ItemRequest): void | Generator<void, void>;
  /** Plans a change of the tags. Absent if this kind of resource has no tags in Neutron. */
  readonly retag?: (backend: Backend, tx: NbTransaction, item: T, tags: readonly string[]) => void;
  /** Runs before each list request. */
  readonly beforeList?: (backend: Backend, caller: Caller) => Promise<void>;
}

/** One kind of resource, as the generic routes use it. Items are identified by their ids. */
export interface Resource extends Declaration {
  readonly filters: ReadonlyMap<string, Filter>;
  readonly indexes: ReadonlyMap<string, FilterIndex>;
  /**
   * The item, if the caller may see it.
   *
   * @throws NeutronError …NotFound, the same error for absent and hidden items
   */
  visible(backend: Backend, caller: Caller, id: string): Tagged;
  /** The item as the API returns it. @throws NeutronError as {@link Resource.visible} */
  show(backend: Backend, caller: Caller, id: string): Wire | Promise<Wire>;
  /** The item as the API returns it; undefined if there is none or the caller may not see it. */
  look(backend: Backend, caller: Caller, id: string): Wire | undefined | Promise<Wire>;
  /** Runs before each list request. */
  readonly beforeList?: (backend: Backend, caller: Caller) => Promise<void>;
  /** Creates all items or none, within the quota. Resolves with the items as the API returns them. */
  create(
    backend: Backend,
    caller: Caller,
    bodies: readonly Body[],
    signal?: AbortSignal,
  ): Promise<readonly Wire[]>;
  /**
   * Checks the attributes of a change, without the database, and returns what carries it out. A resource
   * whose items cannot be changed returns undefined.
   *
   * @throws NeutronError
   */
  edit(body: Body, caller: Caller): ((backend: Backend, request: ItemRequest) => Promise<void>) | undefined;
  delete(backend: Backend, request: ItemRequest): Promise<void>;
  /** Plans a change of an item's tags. */
  readonly retag?: (backend: Backend, tx: NbTransaction, id: string, tags: readonly string[]) => void;
}

/**
 * Creates the {@link Resource} of a definition.
 *
 * @example
 * export const trunks = defineResource({
 *   plural: 'trunks',
 *   path: 'trunks',
 *   quota: -1,
 *   rows: trunkRows,
 *   byId: trunksById,
 *   byProject: trunksByProject,
 *   filters: { name: isText, port_id: isText, admin_state_up: isBool },
 *   sortKeys: ['name', 'port_id', 'status', 'admin_state_up'],
 *   extensions: [],
 *   ...trunkSchema,
 *   notFound: (id) => neutronError('TrunkNotFound', id),
 *   find: ({ nb }, id) => findTrunk(nb, id),
 *   isVisible: (_backend, caller, trunk) => owns(caller, trunk),
 *   render: renderTrunk,
 *   parse: parseTrunks,
 *   insert: insertTrunks,
 *   delete: deleteTrunk,
 * });
 */
export function defineResource<
  T extends Tagged,
  V extends { readonly project_id: string },
  A extends AttributeTable,
>(definition: Definition<T, V, A>): Resource {
  const { singular, plural, path, quota, rows, attributes, extensions } = definition;
  const {
    notFound,
    byId,
    byProject,
    routes,
    update,
    retag,
    beforeList,
    shared = false,
    byExtension,
  } = definition;
  const visible = (backend: Backend, caller: Caller, id: string): T => {
    const item = definition.find(backend, id);
    if (item === undefined || !definition.isVisible(backend, caller, item)) throw notFound(id);
    return item;
  };
  return {
    singular,
    plural,
    path,
    quota,
    rows,
    attributes,
    filters: new Map(Object.entries({ ...standardFilters, ...(retag && tagFilters), ...definition.filters })),
    sortKeys: [...standardSortKeys, ...definition.sortKeys],
    extensions,
    notFound,
    byId,
    byProject,
    indexes: new Map(
      Object.entries({
        id: by(byId),
        project_id: by(byProject),
        tenant_id: by(byProject),
        ...definition.indexes,
      }),
    ),
    ...(beforeList && { beforeList }),
    ...(byExtension && { byExtension }),
    ...(shared && { shared }),
    ...(routes && { routes }),
    visible,
    show: (backend, caller, id) => definition.render(backend, caller, visible(backend, caller, id)),
    look: (backend, caller, id) => {
      const item = definition.find(backend, id);
      return item && definition.isVisible(backend, caller, item)
        ? definition.render(backend, caller, item)
        : undefined;
    },
    create: async (backend, caller, bodies, signal) => {
      const values = await mapInSlices(bodies, (body) => definition.parse(body, caller));
      definition.checkAll?.(values);
      for (const value of values) definition.requireNetwork?.(backend, caller, value);
      for (const [index, body] of bodies.entries()) {
        refuseAdminValues(definition, body, values[index] as unknown as Body, caller);
      }
      const projects = values.map(({ project_id }) => project_id);
      const ids = await backend.nb.change<readonly string[]>(
        (tx) => {
          if (!shared) requireQuota(backend, definition, projects);
          return definition.insert(backend, tx, caller, values);
        },
        { shared, signal },
      );
      return mapInSlices(ids, (id) => {
        const item = definition.find(backend, id);
        return item && definition.render(backend, caller, item);
      });
    },
    edit: (body, caller) => {
      const changes = parseUpdate(definition, body, caller);
      if (update === undefined) return undefined;
      return async (backend, request) => {
        visible(backend, caller, request.id);
        refuseAdminChanges(definition, Object.keys(body), caller);
        requireWriter(caller, `update_${singular}`);
        const plan = (tx: NbTransaction) => update(backend, tx, { ...request, changes });
        await backend.nb.change(plan, { shared, signal: request.signal });
      };
    },
    delete: (backend, request) =>
      backend.nb.change((tx) => definition.delete(backend, tx, request), { shared, signal: request.signal }),
    ...(retag && {
      retag: (backend, tx, id, tags) => {
        const item = definition.find(backend, id);
        if (item === undefined) throw notFound(id);
        retag(backend, tx, item, tags);
      },
    }),
  };
}
