import { OvsdbError } from '@ovn-docker/ovsdb';
import type { ErrorHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { IdentityUnavailableError, KeystoneError, NeutronError, neutronError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Returns a Hono error handler that converts errors to responses of Neutron's API. */
export function answerNeutronErrors(log: Log): ErrorHandler {
  return (error, context) => {
    if (error instanceof IdentityUnavailableError) {
      context.header('Retry-After', '1');
      return context.json(unavailable('The identity service is temporarily unavailable.'), 503);
    }
    if (!(error instanceof NeutronError)) logFailure(log, error);
    if (error instanceof OvsdbError) {
      return context.json(unavailable('The network database is temporarily unavailable.'), 503);
    }
    const known = error instanceof NeutronError ? error : neutronError('HTTPInternalServerError');
    const { type, message, hint } = known;
    return context.json(
      { NeutronError: { type, message, detail: hint } },
      known.status as ContentfulStatusCode,
    );
  };
}

/**
 * Returns a Hono error handler that converts errors to responses of Keystone's API.
 *
 * @param url the identity API's base URL, which a 401 contains in WWW-Authenticate
 */
export function answerKeystoneErrors(log: Log, url: string): ErrorHandler {
  return (error, context) => {
    if (!(error instanceof KeystoneError)) logFailure(log, error);
    const known =
      error instanceof KeystoneError
        ? error
        : error instanceof OvsdbError
          ? new KeystoneError(503, 'The database is temporarily unavailable.')
          : new KeystoneError(500, 'An unexpected error prevented the server from fulfilling your request.');
    if (known.status === 401) context.header('WWW-Authenticate', `Keystone uri="${url}/v3"`);
    if (known.retryAfter !== undefined) context.header('Retry-After', String(known.retryAfter));
    return context.json(
      { error: { code: known.status, message: known.message, title: known.title } },
      known.status as ContentfulStatusCode,
    );
  };
}

/** Logs an error that the caller did not cause. */
function logFailure(log: Log, error: Error): void {
  if (error instanceof OvsdbError) {
    log.error({ msg: 'northbound request failed', code: error.code, error: error.message, hint: error.hint });
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
