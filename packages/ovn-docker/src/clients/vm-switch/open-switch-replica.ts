import {
  connect,
  type OvsdbClient,
  openReplica,
  type Replica,
  type VswitchTables,
  vswitchSchema,
} from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../../errors.ts';

type Columns = Parameters<typeof openReplica<VswitchTables>>[2];

/** A connection to the Open_vSwitch database, and a replica of a part of it. */
export interface SwitchReplica {
  readonly client: OvsdbClient;
  readonly replica: Replica<VswitchTables>;
}

/**
 * Connects to the Open_vSwitch database and reads these columns of its tables.
 * @param options `patienceMs`: how long the database may be away, in milliseconds; `hint`: that of the error
 * @throws OvnDockerError `E_SWITCH` when the database does not answer
 */
export async function openSwitchReplica(
  remote: string,
  columns: Columns,
  { patienceMs = 10_000, hint }: { readonly patienceMs?: number; readonly hint?: string } = {},
): Promise<SwitchReplica> {
  // A connection that is still open after a failure would keep the process alive.
  await using opened = new AsyncDisposableStack();
  try {
    const client = opened.use(await connect({ remotes: remote, signal: AbortSignal.timeout(patienceMs) }));
    const replica = opened.use(await openReplica(client, vswitchSchema, columns));
    opened.move();
    return { client, replica };
  } catch (error) {
    throw new OvnDockerError('E_SWITCH', `Open vSwitch does not answer on ${remote}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}
