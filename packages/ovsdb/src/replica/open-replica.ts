import type { OvsdbClient } from '../connection/ovsdb-client.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Replica, ReplicaOptions, Selection } from './replica.ts';

/** Replicates a part of a database; resolves when the first snapshot is in. */
export function openReplica<Tables>(
  _client: OvsdbClient,
  schema: DatabaseSchema<Tables>,
  _tables: Selection<Tables>,
  _options: ReplicaOptions<Tables> = {},
): Promise<Replica<Tables>> {
  return Promise.reject(new Error(`not yet: ${schema.name}`));
}
