import type { Context, Hono } from 'hono';
import { KeystoneError } from '../../errors.ts';
import type { CatalogEntry } from '../catalog.ts';
import { type Identity, isAdministrator, type Principal } from '../identity.ts';

/** The Hono application to which the groups of identity routes are added, and the services that they use. */
export interface IdentityRoutes {
  readonly app: Hono;
  readonly identity: Identity;
  readonly catalog: readonly CatalogEntry[];
  /** Base URL without `/v3`. */
  readonly url: string;
  /** Authenticates the caller by X-Auth-Token. @throws KeystoneError 401 */
  readonly principal: (context: Context) => Promise<Principal>;
}

/** Keystone's 403 for an action, such as `list_users`. */
export const forbidden = (action: string): KeystoneError =>
  new KeystoneError(403, `You are not authorized to perform the requested action: identity:${action}.`);

/** @throws KeystoneError 403 unless the caller has the role admin */
export function requireAdmin(caller: Principal, action: string): void {
  if (!isAdministrator(caller)) throw forbidden(action);
}
