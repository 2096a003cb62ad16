/** The last argument of every call. */
export interface CallOptions {
  /** Aborts the call, which rejects with the signal's reason. The service may have carried it out. */
  readonly signal?: AbortSignal;
}
