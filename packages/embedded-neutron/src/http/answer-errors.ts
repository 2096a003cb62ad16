import { OvsdbError } from '@ovn-docker/ovsdb';
import type { ErrorHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { KeystoneError, NeutronError, neutronError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Turns what a handler threw into Neutron's answer. */
export function answerNeutronErrors(log: Log): ErrorHandler {
  return (error, context) => {
    if (error instanceof OvsdbError) {
      log.error({ msg: 'northbound database', code: error.code, error: error.message, hint: error.hint });
      return context.json(unavailable('The network database is temporarily unavailable.'), 503);
    }
    if (!(error instanceof NeutronError)) log.error({ msg: 'bug', error: error.stack ?? error.message });
    const known = error instanceof NeutronError ? error : neutronError('HTTPInternalServerError');
    const { type, message, hint } = known;
    return context.json(
      { NeutronError: { type, message, detail: hint } },
      known.status as ContentfulStatusCode,
    );
  };
}

/** Turns what a handler threw into Keystone's answer. `url` is Keystone's own, for WWW-Authenticate. */
export function answerKeystoneErrors(log: Log, url: string): ErrorHandler {
  return (error, context) => {
    if (error instanceof OvsdbError) {
      log.error({ msg: 'northbound database', code: error.code, error: error.message, hint: error.hint });
    } else if (!(error instanceof KeystoneError))
      log.error({ msg: 'bug', error: error.stack ?? error.message });
    const known =
      error instanceof KeystoneError
        ? error
        : error instanceof OvsdbError
          ? new KeystoneError(503, 'The database is temporarily unavailable.')
          : new KeystoneError(500, 'An unexpected error prevented the server from fulfilling your request.');
    if (known.status === 401) context.header('WWW-Authenticate', `Keystone uri="${url}/v3"`);
    return context.json(
      { error: { code: known.status, message: known.message, title: known.title } },
      known.status as ContentfulStatusCode,
    );
  };
}

/** The third of Neutron's error shapes: that of its WSGI layer. */
export function unavailable(message: string) {
  return {
    message: `The server is currently unavailable. Please try again at a later time.<br /><br />\n${message}\n\n`,
    code: '503 Service Unavailable',
    title: 'Service Unavailable',
  };
}
