import type { OpenStackErrorCode } from '../error-table.ts';
import { type FailedCall, OpenStackConnectionError } from '../errors.ts';
import { publicUrl } from './conceal.ts';
import type { ExchangeFailure } from './exchange.ts';
import { type HttpRequest, requestIdHeader } from './types.ts';

/** Codes of OpenSSL's and Node's errors for a refused certificate or handshake. */
const tlsCode = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO$)/;

/** Converts a failed exchange into the error that the caller gets. */
export function connectionError(request: HttpRequest, failure: ExchangeFailure): OpenStackConnectionError {
  const { outcome, cause } = failure;
  const call = failedCall(request);
  const result = outcome === 'not-sent' ? 'not sent' : 'no answer';
  return new OpenStackConnectionError(codeOf(failure), call, outcome, `${result}: ${describe(cause)}`, {
    cause,
  });
}

/** Returns what an error says about the call. */
export function failedCall({ method, url, headers }: HttpRequest): FailedCall {
  return { method, url: publicUrl(url), requestId: headers[requestIdHeader] };
}

function codeOf({ outcome, cause }: ExchangeFailure): OpenStackErrorCode {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return 'OPENSTACK_TIMEOUT';
  if (tlsCode.test(errorCode(cause))) return 'OPENSTACK_TLS';
  if (errorCode(cause) === 'UND_ERR_CONNECT_TIMEOUT') return 'OPENSTACK_UNREACHABLE';
  return outcome === 'not-sent' ? 'OPENSTACK_UNREACHABLE' : 'OPENSTACK_CONNECTION_LOST';
}

function describe(cause: unknown): string {
  // Node tries all addresses of a name and reports the failures in one error with an empty message.
  if (cause instanceof AggregateError) return cause.errors.map(describe).join('; ');
  const code = errorCode(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}

function errorCode(cause: unknown): string {
  if (!(cause instanceof Error) || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}
