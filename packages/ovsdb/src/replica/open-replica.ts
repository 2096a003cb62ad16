import { Client } from '../connection/connect.ts';
import type { OvsdbClient } from '../connection/ovsdb-client.ts';
import { OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { LiveReplica } from './live-replica.ts';
import { planTables } from './plan.ts';
import type { Replica, ReplicaOptions, Selection } from './replica.ts';

/**
 * Replicates a part of a database into memory. Resolves when the first snapshot is loaded. After a
 * reconnection the replica continues, and fetches only what it missed if the server supports that
 * (monitor_cond_since, ovsdb-server(7) §4.1.15).
 *
 * @param client a client that `connect` returned
 * @param schema the database's schema: `nbSchema`, `sbSchema`, `vswitchSchema`, or one that ovsdb-codegen
 *   wrote
 * @param tables for each table the columns: a list, `'*'` for all, or `{ columns, where }` to select rows too
 * @throws OvsdbSchemaError when the selection does not fit the schema, or the server has a column of another
 *   kind
 * @throws OvsdbRequestError when the server refuses ("unknown database", for example); OvsdbProtocolError or
 *   OvsdbMessageTooLargeError when the snapshot cannot be read; the signal's reason when it aborts
 * @example
 * ```ts
 * await using replica = await openReplica(
 *   client,
 *   nbSchema,
 *   {
 *     Logical_Switch: '*',
 *     Logical_Switch_Port: { columns: ['name', 'tag'], where: [['tag', '!=', undefined]] },
 *   },
 *   { indexes: { Logical_Switch: ['name'] } },
 * );
 * console.log(replica.find('Logical_Switch', { name: 'LS1' })[0]?.ports);
 * ```
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
  try {
    await replica.open(options.signal);
    options.signal?.throwIfAborted();
  } catch (error) {
    await replica.close();
    throw error;
  }
  // The types of `schema` describe the rows; see DatabaseSchema.
  return replica as unknown as Replica<Tables>;
}
