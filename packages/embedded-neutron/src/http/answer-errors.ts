import { OvsdbError } from '@ovn-docker/ovsdb';
import type { Context, ErrorHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import {
  IdentityUnavailableError,
  KeystoneError,
  NeutronError,
  NorthboundAwayError,
  neutronError,
} from '../errors.ts';
import type { Log } from '../log.ts';

/** Returns a Hono error handler that converts errors to responses of Neutron's API. */
export function answerNeutronErrors(log: Log): ErrorHandler {
  return (error, context) => {
    if (context.req.raw.signal.aborted) return nobodyReads(context);
    if (error instanceof IdentityUnavailableError) {
      context.header('Retry-After', '1');
      return context.json(unavailable('The identity service is temporarily unavailable.'), 503);
    }
    if (!(error instanceof NeutronError)) logFailure(log, error);
    if (error instanceof OvsdbError || error instanceof NorthboundAwayError) {
      context.header('Retry-After', String(RETRY_AFTER));
      return context.json(unavailable(reasonOf(error)), 503);
    }
    const known = error instanceof NeutronError ? error : neutronError('HTTPInternalServerError');
    if (known.retryAfter !== undefined) context.header('Retry-After', String(known.retryAfter));
    return context.json(neutronBody(known), known.status as ContentfulStatusCode);
  };
}

/**
 * Returns a Hono error handler that converts errors to responses of Keystone's API.
 *
 * @param url the identity API's base URL, which a 401 contains in WWW-Authenticate
 */
export function answerKeystoneErrors(log: Log, url: string): ErrorHandler {
  return (error, context) => {
    if (context.req.raw.signal.aborted) return nobodyReads(context);
    const isKnown = error instanceof KeystoneError || error instanceof NeutronError;
    if (!isKnown) logFailure(log, error);
    const known =
      error instanceof KeystoneError
        ? error
        : error instanceof NeutronError
          ? // A limit that both APIs have.
            new KeystoneError(error.status, error.message, error.retryAfter)
          : error instanceof OvsdbError || error instanceof NorthboundAwayError
            ? new KeystoneError(503, reasonOf(error), RETRY_AFTER)
            : new KeystoneError(
                500,
                'An unexpected error prevented the server from fulfilling your request.',
              );
    if (known.status === 401) context.header('WWW-Authenticate', `Keystone uri="${url}/v3"`);
    if (known.retryAfter !== undefined) context.header('Retry-After', String(known.retryAfter));
    return context.json(keystoneBody(known), known.status as ContentfulStatusCode);
  };
}

/** Characters of a message, which may contain what the client sent. */
const LONGEST_MESSAGE = 4096;

const shown = (message: string): string =>
  message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;

/** An error in Neutron's form. */
export const neutronBody = ({ type, message, hint }: NeutronError) => ({
  NeutronError: { type, message: shown(message), detail: hint },
});

/** An error in Keystone's form. */
export const keystoneBody = ({ status, message, title }: KeystoneError) => ({
  error: { code: status, message: shown(message), title },
});

/**
 * The answer to a client that hung up before its request was complete or carried out. What failed because of
 * that is no failure of the service.
 */
const nobodyReads = (context: Context): Response => context.body(null, 400);

/** Seconds after which a client may try again. */
const RETRY_AFTER = 5;

/** What a client learns of an error of the database. The log contains the rest. */
function reasonOf(error: Error): string {
  return error instanceof NorthboundAwayError ? error.message : 'OVN Northbound is temporarily unavailable.';
}

/** Logs an error that the caller did not cause. */
function logFailure(log: Log, error: Error): void {
  if (error instanceof OvsdbError) {
    log.error({ msg: 'northbound request failed', code: error.code, error: error.message, hint: error.hint });
  } else if (error instanceof NorthboundAwayError) {
    log.error({ msg: 'northbound request failed', error: error.message, cause: String(error.cause ?? '') });
  } else {
    log.error({ msg: 'unexpected error', error: error.stack ?? error.message });
  }
}

/** The body of a 503 in the form of Neutron's WSGI layer. */
function unavailable(message: string) {
  return {
    message: `The server is currently unavailable. Please try again at a later time.<br /><br />\n${message}\n\n`,
    code: '503 Service Unavailable',
    title: 'Service Unavailable',
  };
}
