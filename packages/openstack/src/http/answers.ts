import { type FailedCall, OpenStackError } from '../errors.ts';
import { concealIn, publicUrl } from './conceal.ts';
import { parseErrorBody } from './error-body.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { HttpAnswer, HttpRequest } from './types.ts';

/** The answer itself when it is a success (2xx). @throws {OpenStackError} */
export function expectSuccess<A extends HttpAnswer>(request: HttpRequest, answer: A): A {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const body = parseErrorBody(answer.text);
  throw new OpenStackError(callOf(request), {
    status: answer.status,
    type: body.type,
    reason: concealIn(body.reason, request.secrets),
    detail: body.detail === undefined ? undefined : concealIn(body.detail, request.secrets),
    requestId: requestIdOf(answer),
    retryAfterMs: parseRetryAfter(answer.headers['retry-after']),
  });
}

/** The JSON of a successful answer; undefined when it has no body. @throws {OpenStackError} when it is not JSON */
export function parseBody(request: HttpRequest, answer: HttpAnswer): unknown {
  if (answer.text === '') return undefined;
  try {
    return JSON.parse(answer.text) as unknown;
  } catch {
    throw unexpectedBody(request, answer, 'the answer is not JSON');
  }
}

/** A member of the answer's JSON object. @throws {OpenStackError} when it is missing */
export function memberOf(request: HttpRequest, answer: HttpAnswer, body: unknown, key: string): unknown {
  if (typeof body === 'object' && body !== null && key in body) return (body as Record<string, unknown>)[key];
  throw unexpectedBody(request, answer, `the answer has no '${key}'`);
}

function unexpectedBody(request: HttpRequest, answer: HttpAnswer, reason: string): OpenStackError {
  const details = { status: answer.status, type: '', reason, requestId: requestIdOf(answer) };
  return new OpenStackError(callOf(request), details, 'OPENSTACK_UNEXPECTED_BODY');
}

function requestIdOf(answer: HttpAnswer): string | undefined {
  return answer.headers['x-openstack-request-id'];
}

function callOf(request: HttpRequest): FailedCall {
  return { method: request.method, url: publicUrl(request.url) };
}
