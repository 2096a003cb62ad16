import { Client } from '../connection/connect.ts';
import type { OvsdbClient } from '../connection/ovsdb-client.ts';
import { OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { LiveReplica } from './live-replica.ts';
import { planTables } from './plan.ts';
import type { Replica, ReplicaOptions, Selection } from './replica.ts';

/**
 * Replicates a part of a database; resolves when the first snapshot is in. The replica follows the client from
 * connection to connection, and fetches only what it missed when the server can tell.
 *
 * @throws OvsdbSchemaError when the selection does not fit the schema, OvsdbRequestError when the server refuses
 */
export async function openReplica<Tables>(
  client: OvsdbClient,
  schema: DatabaseSchema<Tables>,
  tables: Selection<Tables>,
  options: ReplicaOptions<Tables> = {},
): Promise<Replica<Tables>> {
  if (!(client instanceof Client)) throw new OvsdbSchemaError('openReplica needs a client made by connect');
  const loose = schema as DatabaseSchema;
  const replica = new LiveReplica(client, loose, planTables(loose, tables, options.indexes ?? {}));
  client.supervisor.add(replica);
  try {
    await replica.whenSynchronized(options.signal);
    options.signal?.throwIfAborted();
  } catch (error) {
    await replica.close();
    throw error;
  }
  // The schema holds what the types say; see DatabaseSchema.
  return replica as unknown as Replica<Tables>;
}
