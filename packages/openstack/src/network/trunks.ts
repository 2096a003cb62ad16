import type { CallOptions } from '../call-options.ts';
import type { Session } from '../identity/session.ts';
import { bulkOptions, RestCollection } from './collection.ts';
import type { Collection } from './collection-types.ts';
import type { SubPort, SubPortRef, Trunk, TrunkCreate, TrunkUpdate } from './trunk-types.ts';

/** Trunks and their subports (Networking API v2.0, "Trunk networking"). */
export interface TrunkCollection extends Collection<Trunk, TrunkCreate, TrunkUpdate> {
  /**
   * Adds subports, all or none. Neutron serializes the changes of one trunk badly: send one batch, not many calls at
   * once.
   *
   * @throws {OpenStackError} 409 `DuplicateSubPort` (VLAN taken), `TrunkPortInUse` (port in a trunk already),
   * `TrunkDisabled`; 404 `PortNotFound`; 400 `InvalidInput` for a VLAN beyond 1 to 4094
   */
  addSubports(id: string, subports: readonly SubPort[], options?: CallOptions): Promise<Trunk>;
  /** Takes subports out, all or none. @throws {OpenStackError} 404 `SubPortNotFound` when one is not in the trunk */
  removeSubports(id: string, subports: readonly SubPortRef[], options?: CallOptions): Promise<Trunk>;
  subports(id: string, options?: CallOptions): Promise<SubPort[]>;
}

/** {@link TrunkCollection} over HTTP. */
export class RestTrunks extends RestCollection<Trunk, TrunkCreate, TrunkUpdate> implements TrunkCollection {
  constructor(session: Session) {
    super(session, { path: 'trunks', key: 'trunks', single: 'trunk' });
  }

  addSubports(id: string, subports: readonly SubPort[], options: CallOptions = {}): Promise<Trunk> {
    return this.#change(id, 'add_subports', subports, options);
  }

  removeSubports(id: string, subports: readonly SubPortRef[], options: CallOptions = {}): Promise<Trunk> {
    const refs = subports.map(({ port_id }) => ({ port_id }));
    return this.#change(id, 'remove_subports', refs, options);
  }

  async subports(id: string, options: CallOptions = {}): Promise<SubPort[]> {
    const path = `/${encodeURIComponent(id)}/get_subports`;
    return (await this.call('GET', path, undefined, options, 'sub_ports')) as SubPort[];
  }

  /** Both actions answer the trunk itself, not `{trunk: …}` as the API reference has it for other calls. */
  async #change(
    id: string,
    action: 'add_subports' | 'remove_subports',
    subports: readonly SubPortRef[],
    options: CallOptions,
  ): Promise<Trunk> {
    const path = `/${encodeURIComponent(id)}/${action}`;
    const body = { sub_ports: subports };
    return (await this.call('PUT', path, body, bulkOptions(options, subports.length))) as Trunk;
  }
}
