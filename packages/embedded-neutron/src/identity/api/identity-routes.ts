import { getConnInfo } from '@hono/node-server/conninfo';
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

/**
 * The address of the caller. Of an IPv6 address the prefix, because one host may use all addresses in it. An
 * IPv4 address that the socket shows as IPv6 is shown as IPv4.
 */
export function addressOf(context: Context): string {
  const address = getConnInfo(context).remote.address ?? 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':');
}
