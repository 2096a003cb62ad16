import type { Uuid } from '../schema/uuid.ts';
import type { RowChange, SnapshotSink, TableUpdates } from './updates.ts';

/**
 * The callbacks of a monitor. The session handles no later message until they return or their promise is
 * settled.
 */
export interface MonitorEvents {
  /**
   * Called when the reply begins. Returns the sink for its rows.
   *
   * @param resumed whether the reply contains only the changes since the requested transaction
   */
  begin(resumed: boolean): SnapshotSink;
  /** Called when the reply is complete, with the changes that the sink collected. */
  loaded(changes: readonly RowChange[], transactionId: Uuid): void | Promise<void>;
  /** Called when a transaction changed rows. */
  update(updates: TableUpdates, transactionId: Uuid): void | Promise<void>;
  /** Called when the server ended the monitor because the database was converted or removed. */
  canceled(): void;
}
