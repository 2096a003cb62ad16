import { OvsdbProtocolError } from '../errors.ts';
import { type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import type { MessagePart } from '../wire/message-parts.ts';
import type { MonitorEvents } from './monitor-events.ts';
import type { SnapshotSink, TableUpdates } from './updates.ts';

/**
 * Reads the reply to a monitor request part by part: `<table-updates2>` alone, or for monitor_cond_since
 * `[found, transaction id, <table-updates2>]`. A long reply is never held whole.
 */
export class SnapshotReader {
  readonly #isArray: boolean;
  readonly #events: Pick<MonitorEvents, 'begin' | 'settle'>;
  #sink: SnapshotSink | undefined;
  /** How many elements of the array have begun. */
  #elements = 0;
  #found = false;
  #transactionId: Uuid = ZERO_UUID;

  constructor(isArray: boolean, events: Pick<MonitorEvents, 'begin' | 'settle'>) {
    this.#isArray = isArray;
    this.#events = events;
  }

  take({ value, spine }: MessagePart): void {
    const { result } = value as { result?: unknown };
    if (result === undefined) return;
    if (!this.#isArray) {
      this.#takeUpdates(result);
      return;
    }
    if (!Array.isArray(result))
      throw new OvsdbProtocolError('the reply to monitor_cond_since must be an array');
    // When the cut was inside an element, the first one here continues it.
    const first = this.#elements - (spine.length > 2 ? 1 : 0);
    result.forEach((element: unknown, index) => {
      if (first + index === 0) this.#found = element === true;
      else if (first + index === 1) this.#transactionId = String(element);
      else this.#takeUpdates(element);
    });
    this.#elements = first + result.length;
  }

  finish(): void {
    const sink = this.#begin();
    this.#events.settle(sink.finish(), this.#transactionId);
  }

  #takeUpdates(updates: unknown): void {
    if (typeof updates !== 'object' || updates === null)
      throw new OvsdbProtocolError('updates must be a JSON object');
    this.#begin().take(updates as TableUpdates);
  }

  #begin(): SnapshotSink {
    this.#sink ??= this.#events.begin(this.#found);
    return this.#sink;
  }
}
