/** Limits for what a service may answer. A hostile or broken one must not fill the memory or the time. */
export interface AnswerLimits {
  /** Bytes of one answer, after unpacking. Default 32 MiB. */
  readonly answerBytes?: number;
  /** Pages of one list. Default 10,000. */
  readonly pages?: number;
  /** Resources of one list. Default 200,000. */
  readonly items?: number;
  /** Characters of all pages of one list. Default 256 Mi. */
  readonly listLength?: number;
  /** Time in ms that the client waits for all pages of one list. Default 10 minutes. */
  readonly listMs?: number;
  /**
   * Resources that the client requests with each page of a list, unless the query contains `limit`. Parsing a
   * page blocks the event loop, for about 10 ms per MB. Default: the service decides.
   */
  readonly pageSize?: number | undefined;
}

const defaults = {
  answerBytes: 2 ** 25,
  pages: 10_000,
  items: 200_000,
  listLength: 2 ** 28,
  listMs: 600_000,
  pageSize: undefined,
} satisfies Required<AnswerLimits>;

/** Returns the limits with all defaults. */
export function withDefaults(limits: AnswerLimits = {}): Required<AnswerLimits> {
  return { ...defaults, ...limits };
}

/** Thrown by an exchange whose answer is longer than `answerBytes`. */
export class AnswerTooLong extends Error {
  readonly status: number;

  constructor(status: number, limit: number) {
    super(`the answer is longer than ${limit} bytes`);
    this.status = status;
  }
}
