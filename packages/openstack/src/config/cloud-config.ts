/** A domain, user or project, given by its name (a plain string is a name) or by its id. */
export type NameOrId = string | { readonly name: string } | { readonly id: string };

/** Keystone v3 `password` method, scoped to a project when one is given. */
export interface PasswordAuth {
  readonly type: 'password';
  /** User name; either this or `userId`. */
  readonly username?: string;
  readonly userId?: string;
  readonly password: string;
  /** Domain of the user; the domain with the id `default` when not given. */
  readonly userDomain?: NameOrId;
  /** Project to scope to. Without one the token is unscoped and has no catalog. */
  readonly project?: NameOrId;
  /** Domain of a project given by name; the user's domain when not given. */
  readonly projectDomain?: NameOrId;
}

/** A token that was issued already. It is used as it is, never exchanged for another one, and cannot be renewed. */
export interface TokenAuth {
  readonly type: 'token';
  readonly token: string;
}

/**
 * Keystone v3 `application_credential` method. Given by `id`, or by `name` together with its user. The credential
 * carries its own project, so no scope is ever sent (Keystone answers 401 to one).
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

export type Auth = PasswordAuth | TokenAuth | ApplicationCredentialAuth;

/** Which of a service's endpoints in the catalog to use. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** How failed calls are repeated; see `decideRetry` for which ones are. */
export interface RetryOptions {
  /** Tries in all, the first one included. Default 4. */
  readonly attempts?: number;
  /** First pause in ms; doubles with each try, with jitter. Default 250. */
  readonly baseDelayMs?: number;
  /** Longest pause in ms. A server that asks for more by Retry-After gets its error reported instead. Default 10000. */
  readonly maxDelayMs?: number;
}

/** Everything needed to talk to one cloud as one user. {@link loadCloudConfig} makes one from files and variables. */
export interface CloudConfig {
  /** Keystone's URL, with or without `/v3`. */
  readonly authUrl: string;
  readonly auth: Auth;
  /** Where it was found, for people: `cloud 'lab' of /etc/openstack/clouds.yaml`, `the OS_* variables`. */
  readonly origin?: string;
  /** Region of the endpoints; any when not given. */
  readonly region?: string;
  /** Default `public`. */
  readonly interface?: EndpointInterface;
  /** PEM file with the certificate authorities to trust, in place of the system's. */
  readonly caFile?: string;
  /** Accept any TLS certificate. Only when asked for. */
  readonly insecure?: boolean;
  /** Longest duration of one try of one call, in ms. Default 60000. */
  readonly timeoutMs?: number;
  /** Longest duration of opening a connection, in ms. Default 10000. */
  readonly connectTimeoutMs?: number;
  /** Calls in flight at once for one connection to the cloud. Default 8. */
  readonly maxConcurrency?: number;
  readonly retry?: RetryOptions;
  /** URLs that replace the catalog's, by service type. */
  readonly endpointOverrides?: Readonly<Record<string, string>>;
}
