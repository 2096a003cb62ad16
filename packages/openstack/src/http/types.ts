export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call as it goes over the wire. */
export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Strings that must not appear in an error, even when the server repeats them. */
  readonly secrets: readonly string[];
  /** A POST or PUT that may be done twice without harm. GET, HEAD and DELETE always may. */
  readonly repeatable?: boolean;
  /** What one try may take in ms on top of the configured time: a bulk request needs more than a single one. */
  readonly moreTimeMs?: number;
}

/** Header by which OpenStack's services name a call; one that comes with a call goes on to all that it causes (oslo.middleware). */
export const requestIdHeader = 'x-openstack-request-id';

/** An answer that was read to its end. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The request id that the call was sent with. */
  readonly sentAs?: string | undefined;
}
