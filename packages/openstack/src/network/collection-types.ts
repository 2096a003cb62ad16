import type { CallOptions } from '../call-options.ts';

/**
 * Filters and options of a list: `{ network_id, status: ['ACTIVE', 'DOWN'], fields: ['id'], limit: 100 }`
 * (Networking API v2.0, "Filtering and Column Selection" and "Pagination"). The values of one filter are
 * alternatives.
 */
export type ListQuery = Readonly<Record<string, string | readonly string[] | number | boolean | undefined>>;

/** Options of an update or a deletion. */
export interface UpdateOptions extends CallOptions {
  /** Required `revision_number` of the resource; Neutron answers 412 if it differs. */
  readonly ifMatch?: number;
}

/**
 * One kind of resource of Networking API v2.0, for example `neutron.ports`. Every method rejects with
 * OpenStackError if Neutron answers with an error, and with OpenStackConnectionError if it does not answer.
 *
 * @example
 * ```ts
 * import type { Neutron, Port } from '@ovn-docker/openstack';
 *
 * async function renameDownPorts(neutron: Neutron, network_id: string): Promise<Port[]> {
 *   const renamed: Port[] = [];
 *   for await (const { id, revision_number } of neutron.ports.list({ network_id, status: 'DOWN' })) {
 *     const options = revision_number === undefined ? {} : { ifMatch: revision_number };
 *     renamed.push(await neutron.ports.update(id, { name: 'down' }, options));
 *   }
 *   return renamed;
 * }
 * ```
 */
export interface Collection<T, Create, Update> {
  /**
   * Returns all matching resources. It requests the next page when the caller reads that far; `limit` is the
   * page size, by default the server's. A resource that is created or deleted meanwhile may be missing, but
   * none occurs twice.
   */
  list(query?: ListQuery, options?: CallOptions): AsyncIterable<T>;
  /** Returns all matching resources as an array. */
  all(query?: ListQuery, options?: CallOptions): Promise<T[]>;
  /** Returns one resource. @throws {OpenStackError} OPENSTACK_NOT_FOUND */
  get(id: string, options?: CallOptions): Promise<T>;
  /**
   * Creates a resource and returns it. The client repeats the call only if Neutron certainly did not carry it
   * out: after an error with `outcome: 'unknown'`, check whether the resource exists before you repeat the
   * call.
   */
  create(body: Create, options?: CallOptions): Promise<T>;
  /**
   * Creates all resources or none with one bulk request, and returns them in the order of `bodies`. An empty
   * array sends no request. The time limit is `timeoutMs` plus 1 s for each resource.
   */
  createMany(bodies: readonly Create[], options?: CallOptions): Promise<T[]>;
  /** Changes the attributes in `body` and returns the resource. */
  update(id: string, body: Update, options?: UpdateOptions): Promise<T>;
  /**
   * Deletes a resource. A 404 is an error, unless an earlier try of the same call may have deleted the
   * resource.
   */
  delete(id: string, options?: UpdateOptions): Promise<void>;
  /** Replaces all tags (extension `standard-attr-tag`) and returns the new ones. */
  replaceTags(id: string, tags: readonly string[], options?: CallOptions): Promise<string[]>;
}
