import type { OpenStackErrorCode } from '../error-table.ts';
import { OpenStackError } from '../errors.ts';
import { failedCall } from './connection-failure.ts';
import { parseErrorBody } from './error-body.ts';
import { parseRetryAfter } from './retry-after.ts';
import { type HttpAnswer, type HttpRequest, requestIdHeader } from './types.ts';

/** A service's answer. It contains no secret of the request. */
export interface ServiceAnswer {
  readonly status: number;
  /** Length of the body in characters. */
  readonly length: number;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Returns the JSON body; undefined without a body. @throws {OpenStackError} OPENSTACK_UNEXPECTED_BODY if it
   * is not JSON
   */
  json(): unknown;
  /**
   * Returns one member of the JSON object. @throws {OpenStackError} OPENSTACK_UNEXPECTED_BODY if it is
   * missing
   */
  member(key: string): unknown;
  /** Returns the error for a body that is not as the API specifies, or that must not be used. */
  unexpected(reason: string, code?: OpenStackErrorCode): OpenStackError;
}

/** Wraps an answer so that its body can be read; the errors name the call. */
export function readable(request: HttpRequest, answer: HttpAnswer): ServiceAnswer {
  const call = failedCall(request);
  const unexpected = (reason: string, code: OpenStackErrorCode = 'OPENSTACK_UNEXPECTED_BODY') => {
    const details = { status: answer.status, type: '', reason, requestId: requestIdOf(answer) };
    return new OpenStackError(call, details, code);
  };
  // The body is parsed once, however many members the caller reads: a page of ports can have megabytes.
  let parsed: { readonly body: unknown } | undefined;
  const json = () => {
    if (answer.text === '') return undefined;
    try {
      parsed ??= { body: JSON.parse(answer.text) as unknown };
      return parsed.body;
    } catch {
      throw unexpected('the answer is not JSON');
    }
  };
  const member = (key: string) => {
    const body = json();
    if (typeof body === 'object' && body !== null && key in body)
      return (body as Record<string, unknown>)[key];
    throw unexpected(`the answer has no '${key}'`);
  };
  const { status, headers, text } = answer;
  return { status, headers, length: text.length, json, member, unexpected };
}

/**
 * @throws {OpenStackError} for any status but 2xx. Redirects are errors too: following one would send the
 * token along.
 *
 * @param code the error's code; by default that of the status
 */
export function expectSuccess(request: HttpRequest, answer: HttpAnswer, code?: OpenStackErrorCode): void {
  if (answer.status >= 200 && answer.status < 300) return;
  const body = parseErrorBody(answer.text, request.secrets);
  const details = {
    status: answer.status,
    type: body.type,
    reason: body.reason,
    detail: body.detail,
    requestId: requestIdOf(answer),
    retryAfterMs: parseRetryAfter(answer.headers['retry-after']),
  };
  throw new OpenStackError(failedCall(request), details, code);
}

/** The service's request id, or the client's if the answer contains none (for example, that of a proxy). */
function requestIdOf(answer: HttpAnswer): string | undefined {
  return answer.headers[requestIdHeader] ?? answer.sentAs;
}
