import type { CallOptions } from '../call-options.ts';
import type { Session } from '../identity/session.ts';
import type { Collection, ListQuery, UpdateOptions } from './collection-types.ts';
import { type Listing, listPages } from './pages.ts';

/** Names of one kind of resource in URLs and JSON. */
export interface ResourceNames extends Listing {
  /** Key of a single resource in JSON: `security_group`. */
  readonly single: string;
}

/**
 * Additional time in ms for each item of a bulk request. ML2/OVN needs 0.3 s for a port, in bulk too, and 0.5
 * s for a subport.
 */
const PER_ITEM_MS = 1000;

/** Options of one request of a collection. */
type RequestOptions = UpdateOptions & { readonly moreTimeMs?: number };

/** Extends the time limit of a request by {@link PER_ITEM_MS} for each of its items. */
export function bulkOptions(options: CallOptions, items: number): RequestOptions {
  return { ...options, moreTimeMs: items * PER_ITEM_MS };
}

/** {@link Collection} over HTTP. */
export class RestCollection<T, Create, Update> implements Collection<T, Create, Update> {
  protected readonly names: ResourceNames;
  readonly #session: Session;

  constructor(session: Session, names: ResourceNames) {
    this.#session = session;
    this.names = names;
  }

  list(query: ListQuery = {}, options: CallOptions = {}): AsyncIterable<T> {
    return listPages<T>(this.#session, this.names, query, options);
  }

  async all(query: ListQuery = {}, options: CallOptions = {}): Promise<T[]> {
    const resources: T[] = [];
    for await (const resource of this.list(query, options)) resources.push(resource);
    return resources;
  }

  async get(id: string, options: CallOptions = {}): Promise<T> {
    return (await this.call('GET', `/${encodeURIComponent(id)}`, undefined, options, this.names.single)) as T;
  }

  async create(body: Create, options: CallOptions = {}): Promise<T> {
    return (await this.call('POST', '', { [this.names.single]: body }, options, this.names.single)) as T;
  }

  async createMany(bodies: readonly Create[], options: CallOptions = {}): Promise<T[]> {
    if (bodies.length === 0) return [];
    const body = { [this.names.key]: bodies };
    return (await this.call('POST', '', body, bulkOptions(options, bodies.length), this.names.key)) as T[];
  }

  async update(id: string, body: Update, options: UpdateOptions = {}): Promise<T> {
    const path = `/${encodeURIComponent(id)}`;
    return (await this.call('PUT', path, { [this.names.single]: body }, options, this.names.single)) as T;
  }

  async delete(id: string, options: UpdateOptions = {}): Promise<void> {
    await this.call('DELETE', `/${encodeURIComponent(id)}`, undefined, options);
  }

  async replaceTags(id: string, tags: readonly string[], options: CallOptions = {}): Promise<string[]> {
    return (await this.call('PUT', `/${encodeURIComponent(id)}/tags`, { tags }, options, 'tags')) as string[];
  }

  /**
   * Sends a request below the collection's URL. Returns the member `key` of the JSON, or all of it without a
   * key.
   */
  protected async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    { ifMatch, signal, moreTimeMs }: RequestOptions,
    key?: string,
  ): Promise<unknown> {
    const answer = await this.#session.request({
      method,
      service: 'network',
      path: `/v2.0/${this.names.path}${path}`,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      ...(moreTimeMs === undefined ? {} : { moreTimeMs }),
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': `revision_number=${ifMatch}` } }),
    });
    if (method === 'DELETE') return undefined;
    return key === undefined ? answer.json() : answer.member(key);
  }
}
