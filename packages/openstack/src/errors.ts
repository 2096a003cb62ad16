import { errorTable, type OpenStackErrorCode } from './error-table.ts';

/** The base of this package's errors: a stable `code`, what happened (`message`), what to do (`hint`). */
export abstract class OpenStackClientError extends Error {
  readonly code: OpenStackErrorCode;
  readonly hint: string;

  constructor(code: OpenStackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = errorTable[code].hint;
    this.name = new.target.name;
  }
}

/** The call that failed. */
export interface FailedCall {
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  /** The X-Openstack-Request-Id of the request. */
  readonly requestId?: string | undefined;
}

/** The answer that an {@link OpenStackError} reports. */
export interface ErrorAnswer {
  readonly status: number;
  /** `NeutronError.type`; '' when the service sends none. */
  readonly type: string;
  /** The service's own words, without secrets. */
  readonly reason: string;
  readonly detail?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A service answered with an error. */
export class OpenStackError extends OpenStackClientError {
  readonly status: number;
  /** `NeutronError.type` such as `IpAddressAlreadyAllocated`; '' when the service sends none. */
  readonly type: string;
  /** The service's own words. */
  readonly reason: string;
  readonly detail: string | undefined;
  /**
   * X-Openstack-Request-Id of the answer, by which the operator of the cloud finds the call in the logs. When
   * a proxy answered in place of the service, this is the id of the request.
   */
  readonly requestId: string | undefined;
  readonly method: string;
  readonly url: string;
  /** How long the server asks the caller to wait, in ms. */
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

/**
 * `not-sent`: the service did not carry out the call. `unknown`: at least a part of the call was sent, and no
 * answer came.
 */
export type CallOutcome = 'not-sent' | 'unknown';

/** No answer came: the connection failed or broke, or the time ran out. */
export class OpenStackConnectionError extends OpenStackClientError {
  readonly outcome: CallOutcome;
  readonly method: string;
  readonly url: string;
  /** The X-Openstack-Request-Id of the request: OpenStack's services log it as the global request id. */
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

/** The token or its catalog does not lead to the service. */
export class OpenStackCatalogError extends OpenStackClientError {}

/** clouds.yaml, the OS_* variables or an option cannot be used. */
export class CloudConfigError extends OpenStackClientError {}

/** The service reports success, but its answer cannot be used. */
const unreadableCodes: ReadonlySet<OpenStackErrorCode> = new Set([
  'OPENSTACK_UNEXPECTED_BODY',
  'OPENSTACK_ANSWER_TOO_LONG',
]);

/**
 * Whether the service may have carried out the call that failed with this error. If so, look for the result
 * before you repeat the call. Only for errors of this package: after an abort by the caller's own signal, the
 * service may always have carried out the call.
 *
 * @example
 * ```ts
 * import { mayHaveTakenEffect, type Neutron, type Port } from '@ovn-docker/openstack';
 *
 * async function createPort(neutron: Neutron, network_id: string, name: string): Promise<Port | undefined> {
 *   try {
 *     return await neutron.ports.create({ network_id, name });
 *   } catch (error) {
 *     if (!mayHaveTakenEffect(error)) throw error;
 *     return (await neutron.ports.all({ network_id, name }))[0];
 *   }
 * }
 * ```
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return error.outcome === 'unknown';
  return error instanceof OpenStackError && (error.status >= 500 || unreadableCodes.has(error.code));
}

/** Codes by status; {@link codeOf} decides about all others by their range. */
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
