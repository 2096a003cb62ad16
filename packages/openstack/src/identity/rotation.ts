import { isDeepStrictEqual } from 'node:util';
import type { CloudConfig } from '../config/cloud-config.ts';
import { OpenStackCatalogError } from '../errors.ts';
import type { FreshToken } from './tokens.ts';

/** What became of a credential that was read again. */
export type CredentialEvent =
  /** Keystone accepted the new credential, and the session uses it. */
  | { readonly kind: 'replaced'; readonly origin: string }
  /** The session keeps the credential that it has: the new one cannot be read or used. */
  | { readonly kind: 'kept'; readonly reason: Error };

/** The part of a configuration that a session can exchange; the rest belongs to its connection. */
type Exchangeable = Pick<
  CloudConfig,
  'authUrl' | 'auth' | 'origin' | 'region' | 'interface' | 'endpointOverrides'
>;

/** Whether two configurations reach the same services as the same user. */
export function isSameAccess(one: CloudConfig, other: CloudConfig): boolean {
  return isDeepStrictEqual(exchangeable(one), exchangeable(other));
}

/** Returns the configuration with the access of another one. */
export function withAccess(config: CloudConfig, next: CloudConfig): CloudConfig {
  const { caFile, certFile, keyFile, insecure, timeoutMs, connectTimeoutMs, maxConcurrency, retry, limits } =
    config;
  const kept = {
    caFile,
    certFile,
    keyFile,
    insecure,
    timeoutMs,
    connectTimeoutMs,
    maxConcurrency,
    retry,
    limits,
  };
  const defined = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...exchangeable(next), ...Object.fromEntries(defined) };
}

/**
 * A session stays in its project: in another one, all of its resources would seem to be deleted.
 *
 * @throws {OpenStackCatalogError} OPENSTACK_OTHER_PROJECT
 */
export function requireSameProject(projectId: string | undefined, { token }: FreshToken): void {
  if (projectId === undefined || token.project?.id === projectId) return;
  const message = `the new credential belongs to project ${token.project?.id ?? 'none'}, not to ${projectId}`;
  throw new OpenStackCatalogError('OPENSTACK_OTHER_PROJECT', message);
}

function exchangeable(config: CloudConfig): Exchangeable {
  const { authUrl, auth, origin, region, endpointOverrides } = config;
  return {
    authUrl,
    auth,
    ...(origin === undefined ? {} : { origin }),
    ...(region === undefined ? {} : { region }),
    ...(config.interface === undefined ? {} : { interface: config.interface }),
    ...(endpointOverrides === undefined ? {} : { endpointOverrides }),
  };
}
