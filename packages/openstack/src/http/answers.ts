import { OpenStackError } from '../errors.ts';
import { concealIn } from './conceal.ts';
import { failedCall } from './connection-failure.ts';
import { parseErrorBody } from './error-body.ts';
import { parseRetryAfter } from './retry-after.ts';
import { type HttpAnswer, type HttpRequest, requestIdHeader } from './types.ts';

/** What a service answered. It holds nothing secret of the request that it answers. */
export interface ServiceAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body; undefined without one. @throws {OpenStackError} OPENSTACK_UNEXPECTED_BODY when it is not JSON */
  json(): unknown;
  /** One member of the JSON object. @throws {OpenStackError} OPENSTACK_UNEXPECTED_BODY when it is missing */
  member(key: string): unknown;
}

/** Makes an answer readable; its errors name the call. */
export function readable(request: HttpRequest, answer: HttpAnswer): ServiceAnswer {
  const call = failedCall(request);
  const unexpected = (reason: string) => {
    const details = { status: answer.status, type: '', reason, requestId: requestIdOf(answer) };
    return new OpenStackError(call, details, 'OPENSTACK_UNEXPECTED_BODY');
  };
  // Once, however many of its members are asked for: a page of ports is megabytes.
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
  return { status: answer.status, headers: answer.headers, json, member };
}

/** @throws {OpenStackError} for any status but 2xx; redirects are not followed, for they would carry the token along */
export function expectSuccess(request: HttpRequest, answer: HttpAnswer): void {
  if (answer.status >= 200 && answer.status < 300) return;
  const body = parseErrorBody(answer.text);
  throw new OpenStackError(failedCall(request), {
    status: answer.status,
    type: body.type,
    reason: concealIn(body.reason, request.secrets),
    detail: body.detail === undefined ? undefined : concealIn(body.detail, request.secrets),
    requestId: requestIdOf(answer),
    retryAfterMs: parseRetryAfter(answer.headers['retry-after']),
  });
}

/** The service's own; a proxy before it has none, and then there is the one that we sent. */
function requestIdOf(answer: HttpAnswer): string | undefined {
  return answer.headers[requestIdHeader] ?? answer.sentAs;
}
