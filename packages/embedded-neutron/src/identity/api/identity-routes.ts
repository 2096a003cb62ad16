import type { Context, Hono } from 'hono';
import type { CatalogEntry } from '../catalog.ts';
import type { Identity, Principal } from '../identity.ts';

/** What each group of identity routes is given. */
export interface IdentityRoutes {
  readonly app: Hono;
  readonly identity: Identity;
  readonly catalog: readonly CatalogEntry[];
  /** Base URL without `/v3`. */
  readonly url: string;
  /** The caller of a request. @throws KeystoneError 401 */
  readonly principal: (context: Context) => Promise<Principal>;
}
