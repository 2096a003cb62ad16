import type { CallOptions } from '../call-options.ts';

/** Filters and options of a list: `{ network_id, status: ['ACTIVE', 'DOWN'], fields: ['id'], limit: 100 }`. */
export type ListQuery = Readonly<Record<string, string | readonly string[] | number | boolean | undefined>>;

/** Options of a change. */
export interface UpdateOptions extends CallOptions {
  /** Change only if the resource still has this `revision_number`; else 412. */
  readonly ifMatch?: number;
}

/**
 * One kind of resource of Networking API v2.0. Every method rejects with OpenStackError when the service answers an
 * error, and with OpenStackConnectionError when it does not answer.
 */
export interface Collection<T, Create, Update> {
  /**
   * All resources that match, page by page, as they are read. Pages have the size of `limit`, or what the server
   * chooses. A resource that appears or goes during the walk may or may not be seen; none is given twice.
   */
  list(query?: ListQuery, options?: CallOptions): AsyncIterable<T>;
  /** The same as one array. */
  all(query?: ListQuery, options?: CallOptions): Promise<T[]>;
  get(id: string, options?: CallOptions): Promise<T>;
  /** Not repeated unless it was provably not carried out: after `outcome: 'unknown'` look for it by what identifies it. */
  create(body: Create, options?: CallOptions): Promise<T>;
  /** All or none, in the order of `bodies`; no call for an empty array. May take 1 s longer for each of them. */
  createMany(bodies: readonly Create[], options?: CallOptions): Promise<T[]>;
  update(id: string, body: Update, options?: UpdateOptions): Promise<T>;
  /** A 404 is an error, unless an earlier try of the same call may have deleted it. */
  delete(id: string, options?: UpdateOptions): Promise<void>;
  /** Replaces all tags (extension `standard-attr-tag`); answers the new ones. */
  replaceTags(id: string, tags: readonly string[], options?: CallOptions): Promise<string[]>;
}
