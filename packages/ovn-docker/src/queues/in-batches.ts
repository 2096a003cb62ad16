/**
 * Sends items in batches, one batch at a time: items that arrive while a batch is being sent are sent
 * together in the next batch. An item that arrives while nothing is being sent is sent at once.
 */
export class InBatches<T> {
  readonly #send: (batch: readonly T[]) => Promise<void>;
  readonly #mayShare: (first: T, other: T) => boolean;
  #waiting: T[] = [];
  #isSending = false;

  /**
   * @param send never rejects: it reports the outcome to the callers that handed in its items
   * @param mayShare whether `other` may travel in the batch that `first` begins; the order of items is kept
   */
  constructor(
    send: (batch: readonly T[]) => Promise<void>,
    mayShare: (first: T, other: T) => boolean = () => true,
  ) {
    this.#send = send;
    this.#mayShare = mayShare;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (!this.#isSending) void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    try {
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#send(batch);
    } finally {
      this.#isSending = false;
    }
  }

  /** The items at the head of the queue that may share a batch. */
  #next(): T[] {
    const [first] = this.#waiting;
    if (first === undefined) return [];
    const end = this.#waiting.findIndex((item) => !this.#mayShare(first, item));
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
