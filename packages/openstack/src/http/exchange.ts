import type { Dispatcher } from 'undici';
import type { CallOutcome } from '../errors.ts';
import type { HttpAnswer, HttpRequest } from './types.ts';

/** A try that got no answer. `cause` is what undici, or the signal, said. */
export class ExchangeFailure extends Error {
  readonly outcome: CallOutcome;

  constructor(outcome: CallOutcome, cause: unknown) {
    super('no answer', { cause });
    this.outcome = outcome;
  }
}

/**
 * Sends one request once and reads the answer. undici tells a handler `onRequestStart` right before it writes to an open
 * connection: what fails before that was provably not sent, whatever the reason.
 *
 * @throws {ExchangeFailure}
 */
export function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const chunks: Buffer[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};

  const fail = (error: unknown) => {
    signal.removeEventListener('abort', abort);
    reject(new ExchangeFailure(controller === undefined ? 'not-sent' : 'unknown', error));
  };
  const abort = () => {
    fail(signal.reason);
    controller?.abort(asError(signal.reason));
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // Aborted while it waited for a connection: the caller was told "not sent", and so it must not be sent.
      if (signal.aborted) started.abort(asError(signal.reason));
      else controller = started;
    },
    onResponseStart(_controller, statusCode, rawHeaders) {
      status = statusCode;
      headers = flatten(rawHeaders);
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      signal.removeEventListener('abort', abort);
      resolve({ status, headers, text: Buffer.concat(chunks).toString('utf8') });
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  };

  if (signal.aborted) {
    abort();
    return promise;
  }
  signal.addEventListener('abort', abort, { once: true });
  const { method, url, body } = request;
  dispatcher.dispatch(
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers:
        body === undefined ? request.headers : { ...request.headers, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    handler,
  );
  return promise;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
