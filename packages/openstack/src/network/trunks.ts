import type { CallOptions } from '../call-options.ts';
import type { Session } from '../identity/session.ts';
import { bulkOptions, RestCollection } from './collection.ts';
import type { Collection } from './collection-types.ts';
import type { SubPort, SubPortRef, Trunk, TrunkCreate, TrunkUpdate } from './trunk-types.ts';

/** Trunks and their subports (Networking API v2.0, "Trunk networking"). */
export interface TrunkCollection extends Collection<Trunk, TrunkCreate, TrunkUpdate> {
  /**
   * Adds all subports or none, and returns the trunk. Neutron handles concurrent changes of one trunk badly:
   * make one call with many subports rather than many calls at once. The time limit is `timeoutMs` plus 1 s
   * for each subport.
   *
   * @throws {OpenStackError} 409 `DuplicateSubPort` (the VLAN is in use), `TrunkPortInUse` (the port is in a
   * trunk already), `TrunkDisabled`; 404 `PortNotFound`; 400 `InvalidInput` for a VLAN outside 1 to 4094
   *
   * @example
   * ```ts
   * import type { Neutron } from '@ovn-docker/openstack';
   *
   * async function nest(neutron: Neutron, parent: string, port_id: string, vlan: number): Promise<void> {
   *   const [trunk] = await neutron.trunks.all({ port_id: parent });
   *   if (trunk === undefined) throw new Error(`port ${parent} has no trunk`);
   *   const subport = { port_id, segmentation_type: 'vlan', segmentation_id: vlan };
   *   await neutron.trunks.addSubports(trunk.id, [subport]);
   * }
   * ```
   */
  addSubports(id: string, subports: readonly SubPort[], options?: CallOptions): Promise<Trunk>;
  /**
   * Removes all subports or none, and returns the trunk. The time limit is that of {@link addSubports}.
   *
   * @throws {OpenStackError} 404 `SubPortNotFound` if a port is not in the trunk; 409 `TrunkDisabled`
   */
  removeSubports(id: string, subports: readonly SubPortRef[], options?: CallOptions): Promise<Trunk>;
  /** Returns the subports of a trunk. */
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

  /** Both actions answer with the bare trunk, not with `{trunk: …}` as other calls do. */
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
