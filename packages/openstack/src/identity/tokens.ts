import type { Auth, CloudConfig, NoAuth, TokenAuth } from '../config/cloud-config.ts';
import { OpenStackCatalogError } from '../errors.ts';
import { expectSuccess, readable } from '../http/answers.ts';
import { concealFields } from '../http/conceal.ts';
import type { CloudConnection } from '../http/connection.ts';
import { parseErrorBody } from '../http/error-body.ts';
import { withoutTrailingSlashes } from '../http/slashes.ts';
import type { HttpAnswer, HttpRequest } from '../http/types.ts';
import { authBody } from './auth-body.ts';
import type { IssuedToken, KeystoneToken } from './types.ts';

/** A token and how long it is valid after Keystone's answer. */
export interface FreshToken {
  readonly token: IssuedToken;
  readonly remainingMs: number;
}

/**
 * Returns a token for the credentials (`POST /v3/auth/tokens`). A configured token is only validated (`GET
 * /v3/auth/tokens`), never exchanged: a rescoped token would be a second secret to revoke, and some clouds
 * forbid it.
 *
 * @throws {OpenStackError} 401 for wrong credentials, or for an expired or revoked token
 * @throws {OpenStackCatalogError} OPENSTACK_NO_TOKEN if there is no Keystone
 */
export async function fetchToken(
  connection: CloudConnection,
  config: Pick<CloudConfig, 'authUrl' | 'auth' | 'origin'>,
  signal?: AbortSignal,
): Promise<FreshToken> {
  const { auth, origin = 'the configuration' } = config;
  if (auth.type === 'none') {
    throw new OpenStackCatalogError('OPENSTACK_NO_TOKEN', `${origin} has no Keystone (auth_type none)`);
  }
  const url = tokensUrl(config.authUrl);
  const request = auth.type === 'token' ? validation(url, auth) : issue(url, auth);
  const answer = await connection.send(request, signal);
  expectSuccess(request, answer, isUnknownCredential(request, answer) ? 'OPENSTACK_UNAUTHORIZED' : undefined);
  const body = readable(request, answer).member('token') as KeystoneToken;
  // Keystone always sends this header. Without it the token is useless, and the first call fails with 401.
  const id = auth.type === 'token' ? auth.token : (answer.headers['x-subject-token'] ?? '');
  return { token: concealFields({ ...body, id }, ['id']), remainingMs: remaining(body, answer, auth) };
}

/**
 * Keystone answers a login with an application credential that was deleted by 404. A proxy's 404 is a wrong
 * URL.
 */
function isUnknownCredential({ method }: HttpRequest, { status, text }: HttpAnswer): boolean {
  return method === 'POST' && status === 404 && parseErrorBody(text).isFromService;
}

/** Returns `<authUrl>/v3/auth/tokens`; the URL may contain the version already. */
export function tokensUrl(authUrl: string): URL {
  const url = new URL(authUrl);
  const path = withoutTrailingSlashes(url.pathname).replace(/\/v2\.0$/, '/v3');
  url.pathname = `${path.endsWith('/v3') ? path : `${path}/v3`}/auth/tokens`;
  return url;
}

/** The POST is repeatable, because a second token does no harm. */
function issue(url: URL, auth: Exclude<Auth, TokenAuth | NoAuth>): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json' },
    body: authBody(auth),
    secrets: [auth.type === 'password' ? auth.password : auth.secret],
    repeatable: true,
  };
}

function validation(url: URL, { token }: TokenAuth): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: {
      accept: 'application/json',
      'x-auth-token': token,
      'x-subject-token': token,
      // Without it, Keystone answers 404 for a token with access rules.
      'openstack-identity-access-rules': '1.0',
    },
    secrets: [token],
  };
}

/**
 * Remaining time in ms by Keystone's clock, so that a wrong local clock does not matter. The local clock
 * counts only if Keystone's answer about a configured token has no `Date`.
 */
function remaining(token: KeystoneToken, answer: HttpAnswer, auth: Auth): number {
  const expires = Date.parse(token.expires_at);
  if (auth.type !== 'token') return expires - Date.parse(token.issued_at);
  const serverNow = Date.parse(answer.headers['date'] ?? '');
  return expires - (Number.isNaN(serverNow) ? Date.now() : serverNow);
}
