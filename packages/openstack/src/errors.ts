import { errorTable, type OpenStackErrorCode } from './error-table.ts';

/** What every error of this package has: a stable `code`, what happened (`message`), and what to do (`hint`). */
export abstract class OpenStackClientError extends Error {
  readonly code: OpenStackErrorCode;
  readonly hint: string;

  constructor(code: OpenStackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = errorTable[code];
    this.name = new.target.name;
  }
}

/** The call an error is about. */
export interface FailedCall {
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  /** The id that it was sent with. */
  readonly requestId?: string | undefined;
}

/** The answer an {@link OpenStackError} is about. */
export interface ErrorAnswer {
  readonly status: number;
  /** `NeutronError.type`; '' when the service gives none. */
  readonly type: string;
  /** The service's own words, without secrets. */
  readonly reason: string;
  readonly detail?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A service answered, with an error. */
export class OpenStackError extends OpenStackClientError {
  readonly status: number;
  /** `NeutronError.type` such as `IpAddressAlreadyAllocated`; '' when the service gives none. */
  readonly type: string;
  /** The service's own words. */
  readonly reason: string;
  readonly detail: string | undefined;
  /**
   * X-Openstack-Request-Id: what the operator of the cloud needs to find the call in the logs. The service's own; where a proxy
   * answered for it, the one that the call was sent with.
   */
  readonly requestId: string | undefined;
  readonly method: string;
  readonly url: string;
  /** What the server asked to wait, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(call: FailedCall, answer: ErrorAnswer, code: OpenStackErrorCode = codeOf(answer)) {
    const type = answer.type === '' ? '' : ` ${answer.type}`;
    const id = answer.requestId === undefined ? '' : ` (${answer.requestId})`;
    super(code, `${call.method} ${call.url}: ${answer.status}${type}: ${answer.reason}${id}`);
    this.status = answer.status;
    this.type = answer.type;
    this.reason = answer.reason;
    this.detail = answer.detail;
    this.requestId = answer.requestId;
    this.method = call.method;
    this.url = call.url;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** `not-sent`: certainly not carried out. `unknown`: sent, at least in part, and not answered. */
export type CallOutcome = 'not-sent' | 'unknown';

/** No answer: the connection failed, broke, or the time was over. */
export class OpenStackConnectionError extends OpenStackClientError {
  readonly outcome: CallOutcome;
  readonly method: string;
  readonly url: string;
  /** The X-Openstack-Request-Id that the call was sent with: OpenStack's services log it as the global request id. */
  readonly requestId: string | undefined;

  constructor(
    code: OpenStackErrorCode,
    call: FailedCall,
    outcome: CallOutcome,
    what: string,
    options?: ErrorOptions,
  ) {
    const id = call.requestId === undefined || outcome === 'not-sent' ? '' : ` (${call.requestId})`;
    super(code, `${call.method} ${call.url}: ${what}${id}`, options);
    this.requestId = call.requestId;
    this.outcome = outcome;
    this.method = call.method;
    this.url = call.url;
  }
}

/** The token or its catalog does not give what was asked for. */
export class OpenStackCatalogError extends OpenStackClientError {}

/** clouds.yaml, the OS_* variables or an option cannot be used as they are. */
export class CloudConfigError extends OpenStackClientError {}

/**
 * Whether a call that failed with this error may have been carried out all the same: then look for what it was to make
 * before it is repeated. Only for errors of this package; after an abort by one's own signal the answer is always yes.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return error.outcome === 'unknown';
  return (
    error instanceof OpenStackError && (error.status >= 500 || error.code === 'OPENSTACK_UNEXPECTED_BODY')
  );
}

/** Codes by status; what is not here falls to the ranges of {@link codeOf}. */
const codeByStatus: Readonly<Record<number, OpenStackErrorCode>> = {
  401: 'OPENSTACK_UNAUTHORIZED',
  403: 'OPENSTACK_FORBIDDEN',
  404: 'OPENSTACK_NOT_FOUND',
  409: 'OPENSTACK_CONFLICT',
  412: 'OPENSTACK_PRECONDITION_FAILED',
  413: 'OPENSTACK_RATE_LIMITED',
  429: 'OPENSTACK_RATE_LIMITED',
  502: 'OPENSTACK_UNAVAILABLE',
  503: 'OPENSTACK_UNAVAILABLE',
  504: 'OPENSTACK_UNAVAILABLE',
};

function codeOf({ status, type }: ErrorAnswer): OpenStackErrorCode {
  if (type === 'OverQuota') return 'OPENSTACK_OVER_QUOTA';
  const code = codeByStatus[status];
  if (code !== undefined) return code;
  if (status >= 500) return 'OPENSTACK_SERVER_ERROR';
  return status >= 400 ? 'OPENSTACK_BAD_REQUEST' : 'OPENSTACK_UNEXPECTED_STATUS';
}
