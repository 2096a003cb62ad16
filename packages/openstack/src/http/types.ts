/** HTTP methods that the client can send. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An HTTP request. */
export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Strings that no error may contain, even if the server repeats them. */
  readonly secrets: readonly string[];
  /** Whether a POST or PUT may be done twice without harm. GET, HEAD and DELETE always may. */
  readonly repeatable?: boolean;
  /**
   * Time in ms that one try may take in addition to `timeoutMs`: a bulk request takes longer than a single
   * one.
   */
  readonly moreTimeMs?: number;
}

/**
 * Header with the id of a call. OpenStack's services pass a received id on to the calls that they make
 * (oslo.middleware).
 */
export const requestIdHeader = 'x-openstack-request-id';

/** A completely read answer. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The request id that the call was sent with. */
  readonly sentAs?: string | undefined;
}
