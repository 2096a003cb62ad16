import { OvsdbProtocolError } from '../errors.ts';
import { isUuid, type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import { type MessagePart, partValue, type SpineLevel } from '../wire/message-parts.ts';
import type { MonitorEvents } from './monitor-events.ts';
import type { RowUpdate, SnapshotSink, TableUpdates } from './updates.ts';

/**
 * Reads the reply to a monitor request part by part, so that a long reply is never buffered. The reply is
 * `<table-updates2>`, or for monitor_cond_since `[found, transaction id, <table-updates2>]`.
 */
export class SnapshotReader {
  readonly #isArray: boolean;
  readonly #events: Pick<MonitorEvents, 'begin' | 'loaded'>;
  #sink: SnapshotSink | undefined;
  /** The number of array elements that have begun so far. */
  #elements = 0;
  #found = false;
  #transactionId: Uuid = ZERO_UUID;

  constructor(isArray: boolean, events: Pick<MonitorEvents, 'begin' | 'loaded'>) {
    this.#isArray = isArray;
    this.#events = events;
  }

  take({ value, members, spine }: MessagePart): void {
    if (members) this.#takeMembers(members, spine);
    else this.#takeValue(value, spine);
  }

  /** Takes rows of one table; nearly all of a long snapshot comes this way. */
  #takeMembers(members: readonly unknown[], spine: readonly SpineLevel[]): void {
    // The open containers are: message, array (for monitor_cond_since), tables, rows.
    const tables = this.#isArray ? 2 : 1;
    const table = spine[tables]?.childKey;
    if (spine.length !== tables + 2 || spine[0]?.childKey !== 'result' || table === undefined) {
      this.#takeValue(partValue({ spine, value: undefined, members }), spine);
      return;
    }
    const sink = this.#begin();
    for (let i = 0; i < members.length; i += 2)
      sink.take(table, members[i] as Uuid, checkObject<RowUpdate>(members[i + 1]));
  }

  #takeValue(value: unknown, spine: readonly SpineLevel[]): void {
    const { result } = value as { result?: unknown };
    if (result === undefined) return;
    if (!this.#isArray) {
      this.#takeUpdates(result);
      return;
    }
    if (!Array.isArray(result))
      throw new OvsdbProtocolError('the reply to monitor_cond_since must be an array');
    // If the cut was inside an element, the first element here continues it.
    const first = this.#elements - (spine.length > 2 ? 1 : 0);
    result.forEach((element: unknown, index) => {
      if (first + index === 0) this.#found = element === true;
      else if (first + index === 1) this.#transactionId = isUuid(element) ? element : ZERO_UUID;
      else this.#takeUpdates(element);
    });
    this.#elements = first + result.length;
  }

  finish(): void | Promise<void> {
    const sink = this.#begin();
    return this.#events.loaded(sink.finish(), this.#transactionId);
  }

  #takeUpdates(updates: unknown): void {
    const sink = this.#begin();
    for (const [table, rows] of Object.entries(checkObject<TableUpdates>(updates)))
      for (const [uuid, update] of Object.entries(checkObject<TableUpdates[string]>(rows)))
        sink.take(table, uuid, checkObject<RowUpdate>(update));
  }

  #begin(): SnapshotSink {
    this.#sink ??= this.#events.begin(this.#found);
    return this.#sink;
  }
}

function checkObject<T extends object>(value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OvsdbProtocolError('updates must be a JSON object');
  return value as T;
}
