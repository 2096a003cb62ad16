import type { Uuid } from '../schema/uuid.ts';
import type { RowChange, SnapshotSink, TableUpdates } from './updates.ts';

/** What a monitor tells its owner. The next message waits for what is returned. */
export interface MonitorEvents {
  /** The answer begins: everything, or when `resumed` what has changed since the transaction that was named. */
  begin(resumed: boolean): SnapshotSink;
  /** The answer is whole. */
  settle(changes: readonly RowChange[], transactionId: Uuid): void;
  /** A transaction changed rows. */
  update(updates: TableUpdates, transactionId: Uuid): void | Promise<void>;
  /** The server ended the monitor: the database was converted or removed. */
  canceled(): void;
}
