import type { Context, Hono } from 'hono';
import { KeystoneError } from '../../errors.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Identity, Principal } from '../identity.ts';

/** The application and services that each group of identity routes needs. */
export interface IdentityRoutes {
  readonly app: Hono;
  readonly identity: Identity;
  readonly catalog: readonly CatalogEntry[];
  /** Base URL without `/v3`. */
  readonly url: string;
  /** The caller of a request. @throws KeystoneError 401 */
  readonly principal: (context: Context) => Promise<Principal>;
}

/** Keystone's refusal of an action. */
export const forbidden = (action: string): KeystoneError =>
  new KeystoneError(403, `You are not authorized to perform the requested action: identity:${action}.`);
