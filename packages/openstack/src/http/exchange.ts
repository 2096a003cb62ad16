import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { CallOutcome } from '../errors.ts';
import { GrowingBuffer } from '../growing-buffer.ts';
import { AnswerTooLong } from './limits.ts';
import type { HttpAnswer, HttpRequest } from './types.ts';

/** A try without an answer. `cause` is undici's error or the signal's reason. */
export class ExchangeFailure extends Error {
  readonly outcome: CallOutcome;

  constructor(outcome: CallOutcome, cause: unknown) {
    super('no answer', { cause });
    this.outcome = outcome;
  }
}

const unzip = promisify(gunzip);

/**
 * Sends a request once and reads the answer. undici calls `onRequestStart` just before it writes to an open
 * connection, so a request that fails before that was certainly not sent.
 *
 * @param longest limit for the answer in bytes, packed and unpacked: one of kilobytes can unpack to gigabytes
 * @throws {ExchangeFailure}
 * @throws {AnswerTooLong}
 */
export function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  signal: AbortSignal,
  longest: number,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const body = new GrowingBuffer();
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

  const refuse = (response?: Dispatcher.DispatchController) => {
    signal.removeEventListener('abort', abort);
    const error = new AnswerTooLong(status, longest);
    reject(error);
    response?.abort(error);
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // The call was aborted while it waited for a connection and has already rejected with "not sent".
      if (signal.aborted) started.abort(asError(signal.reason));
      else controller = started;
    },
    onResponseStart(_controller, statusCode, rawHeaders) {
      status = statusCode;
      headers = flatten(rawHeaders);
    },
    onResponseData(response, chunk) {
      if (body.length + chunk.length <= longest) body.append(chunk);
      else refuse(response);
    },
    onResponseEnd() {
      unpack(body.bytes(), headers, longest).then(
        (text) => {
          signal.removeEventListener('abort', abort);
          resolve({ status, headers, text });
        },
        (error: unknown) => (isTooLong(error) ? refuse() : fail(error)),
      );
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
  const { method, url, body: sent } = request;
  dispatcher.dispatch(
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: {
        'accept-encoding': 'gzip',
        ...request.headers,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: sent === undefined ? null : JSON.stringify(sent),
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    handler,
  );
  return promise;
}

/**
 * Unpacks gzip (RFC 9110 §8.4): proxies and some APIs compress long lists; a page of ports shrinks to a
 * tenth.
 */
async function unpack(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  longest: number,
): Promise<string> {
  const isZipped = body.length > 0 && /^(x-)?gzip$/i.test(headers['content-encoding'] ?? '');
  return (isZipped ? await unzip(body, { maxOutputLength: longest }) : body).toString('utf8');
}

function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
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
