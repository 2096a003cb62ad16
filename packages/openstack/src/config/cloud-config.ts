import type { AnswerLimits } from '../http/limits.ts';

/** A domain, user or project, by name (a plain string is a name) or by id. */
export type NameOrId = string | { readonly name: string } | { readonly id: string };

/** Keystone v3 `password` method (Identity API v3, "Password authentication with scoped authorization"). */
export interface PasswordAuth {
  readonly type: 'password';
  /** User name. Either this or `userId` is required. */
  readonly username?: string;
  readonly userId?: string;
  readonly password: string;
  /** Domain of the user. Default: the domain with the id `default`. */
  readonly userDomain?: NameOrId;
  /** Project to scope the token to. Without it the token is unscoped and has no catalog. */
  readonly project?: NameOrId;
  /** Domain of a project that `project` names. Default: the user's domain. */
  readonly projectDomain?: NameOrId;
}

/** An existing token. The client never exchanges it for another token and cannot renew it. */
export interface TokenAuth {
  readonly type: 'token';
  readonly token: string;
}

/**
 * Keystone v3 `application_credential` method (Identity API v3, "Authenticating with an application
 * credential"). `id`, or `name` and its user, identify the credential. It belongs to one project, so the
 * client never sends a scope; Keystone answers 401 to one.
 */
export interface ApplicationCredentialAuth {
  readonly type: 'application_credential';
  readonly id?: string;
  readonly name?: string;
  readonly secret: string;
  readonly username?: string;
  readonly userId?: string;
  readonly userDomain?: NameOrId;
}

/**
 * No Keystone: calls carry no token, and all services have one URL (keystoneauth's plugin `none`). The server
 * knows the client by its certificate, or does not ask who it is.
 */
export interface NoAuth {
  readonly type: 'none';
}

/** The credentials of one user. */
export type Auth = PasswordAuth | TokenAuth | ApplicationCredentialAuth | NoAuth;

/** Interface of a service's endpoints in the catalog. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** How often and when the client repeats a failed call. The README lists which calls it repeats. */
export interface RetryOptions {
  /** Number of tries, including the first. Default 4. */
  readonly attempts?: number;
  /** First pause in ms; it doubles with each try and has jitter. Default 250. */
  readonly baseDelayMs?: number;
  /** Longest pause in ms. If a server's Retry-After is longer, the call fails instead. Default 10000. */
  readonly maxDelayMs?: number;
}

/**
 * Everything that is needed to use one cloud as one user. {@link loadCloudConfig} reads it from files and
 * variables.
 *
 * @example
 * ```ts
 * import type { CloudConfig } from '@ovn-docker/openstack';
 *
 * const config: CloudConfig = {
 *   authUrl: 'https://keystone.example.org:5000',
 *   region: 'north',
 *   auth: { type: 'password', username: 'alice', password: 'secret', project: 'demo' },
 *   timeoutMs: 30_000,
 * };
 * ```
 */
export interface CloudConfig {
  /** Keystone's URL, with or without `/v3`. With the auth type `none`, the URL of all services. */
  readonly authUrl: string;
  readonly auth: Auth;
  /**
   * Source of the configuration in messages: `cloud 'lab' of /etc/openstack/clouds.yaml`, `the OS_*
   * variables`.
   */
  readonly origin?: string;
  /** Region of the endpoints; any region if undefined. */
  readonly region?: string;
  /** Interface of the endpoints; the first of several that the catalog has. Default `public`. */
  readonly interface?: EndpointInterface | readonly EndpointInterface[];
  /** PEM file with the certificate authorities to trust, instead of the system's and Node's. */
  readonly caFile?: string;
  /**
   * PEM file with the client's own certificate. If the files of certificates change, new connections use
   * them.
   */
  readonly certFile?: string;
  /** PEM file with the key of `certFile`. Default: `certFile` contains it too. */
  readonly keyFile?: string;
  /** Accept any TLS certificate. Default false. */
  readonly insecure?: boolean;
  /** Longest duration of one try of one call, in ms. Default 60000. */
  readonly timeoutMs?: number;
  /** Longest duration of opening a connection, in ms. Default 10000. */
  readonly connectTimeoutMs?: number;
  /** Number of simultaneous calls of one {@link CloudConnection}. Default 8. */
  readonly maxConcurrency?: number;
  readonly retry?: RetryOptions;
  /** Limits for what the services may answer. */
  readonly limits?: AnswerLimits;
  /** URLs that replace the catalog's, by service type: `{ network: 'http://neutron.example.org:9696' }`. */
  readonly endpointOverrides?: Readonly<Record<string, string>>;
}
