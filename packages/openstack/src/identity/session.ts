import type { CallOptions } from '../call-options.ts';
import type { CloudConfig } from '../config/cloud-config.ts';
import { OpenStackCatalogError, OpenStackConnectionError, OpenStackError } from '../errors.ts';
import { expectSuccess, readable, type ServiceAnswer } from '../http/answers.ts';
import { CloudConnection } from '../http/connection.ts';
import { parseErrorBody } from '../http/error-body.ts';
import { type AnswerLimits, withDefaults } from '../http/limits.ts';
import { withoutTrailingSlashes } from '../http/slashes.ts';
import type { HttpRequest, Method } from '../http/types.ts';
import { explainRefusedToken, isUnauthorized } from './access-rules.ts';
import { findEndpoint } from './catalog.ts';
import { type CredentialEvent, isSameAccess, requireSameProject, withAccess } from './rotation.ts';
import { TokenCache } from './token-cache.ts';
import { type FreshToken, fetchToken } from './tokens.ts';
import type { IssuedToken } from './types.ts';

/** A call to a service of the catalog. */
export interface ServiceRequest extends CallOptions {
  readonly method: Method;
  /** Service type, for example `network`. */
  readonly service: string;
  /** Path below the service's endpoint, including the version: `/v2.0/ports`. */
  readonly path: string;
  /** Query string without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Strings of the body that no error may contain, even if the service repeats them. */
  readonly secrets?: readonly string[];
  /** Whether a POST or PUT may be done twice without harm. GET and DELETE always may. */
  readonly repeatable?: boolean;
  /** Time in ms that one try may take in addition to `timeoutMs` of the configuration. */
  readonly moreTimeMs?: number;
}

/** Options of a {@link Session}. */
export interface SessionOptions {
  /**
   * A connection that several sessions of one cloud share. The caller closes it. Default: a connection of its
   * own.
   */
  readonly connection?: CloudConnection;
  /**
   * Reads the configuration again. The session calls it when Keystone refuses the credential, and in {@link
   * Session.refresh}.
   */
  readonly reread?: () => Promise<CloudConfig>;
  /** Learns what became of a credential that was read again; the same event only once. */
  readonly onCredential?: (event: CredentialEvent) => void;
}

/**
 * One user's access to one cloud. The session gets a token with the first call and renews it before it
 * expires. If services answer 401 to several calls, it renews the token once for all of them.
 *
 * @example
 * ```ts
 * import { loadCloudConfig, Session } from '@ovn-docker/openstack';
 *
 * await using session = new Session(await loadCloudConfig({ env: process.env }));
 * const { project, roles, expires_at } = await session.token();
 * console.log(project?.name, roles?.map(({ name }) => name), expires_at);
 * ```
 */
export class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  #config: CloudConfig;
  #projectId: string | undefined;
  /** The configuration that was read last and could not be used. */
  #refused: CloudConfig | undefined;
  #lastReason = '';
  readonly #connection: CloudConnection;
  readonly #ownsConnection: boolean;
  readonly #tokens: TokenCache;

  /** Sends nothing. */
  constructor(config: CloudConfig, options: SessionOptions = {}) {
    this.#config = config;
    this.#connection = options.connection ?? new CloudConnection(config);
    this.#ownsConnection = options.connection === undefined;
    this.#options = options;
    this.#tokens = new TokenCache(() => this.#login());
  }

  /**
   * Returns the current token with its id, project, roles, expiry and catalog (Identity API v3,
   * "Authentication and token management").
   *
   * @throws {OpenStackError} 401 if Keystone refuses the credentials or the configured token
   * @throws {OpenStackConnectionError} if Keystone does not answer
   * @throws {OpenStackCatalogError} OPENSTACK_NO_TOKEN if the auth type is `none`
   */
  token(options: CallOptions = {}): Promise<IssuedToken> {
    return this.#tokens.get(options.signal);
  }

  /**
   * Returns the URL of a service in the configured region and interface, without a trailing slash: the
   * catalog's, or that of `endpointOverrides`. Without Keystone, all services have the configured URL.
   *
   * @param serviceType for example `network`
   * @throws {OpenStackCatalogError} if the catalog has no such endpoint; also the errors of {@link token}
   *
   * @example
   * ```ts
   * import { loadCloudConfig, Session } from '@ovn-docker/openstack';
   *
   * await using session = new Session(await loadCloudConfig({ env: process.env }));
   * console.log(await session.endpoint('network'));
   * ```
   */
  async endpoint(serviceType: string, options: CallOptions = {}): Promise<string> {
    return this.#endpointOf(await this.#currentToken(options.signal), serviceType);
  }

  /**
   * Calls a service. After a 401 the session repeats the call once with a new token; this is safe for every
   * method, because the service checks the token first. If access rules forbid the call, a new token would
   * not help.
   *
   * @throws {OpenStackError} for any status but 2xx; OPENSTACK_ACCESS_RULES if access rules forbid the call
   * @throws {OpenStackConnectionError} if the service does not answer
   * @throws {OpenStackCatalogError} if the catalog has no endpoint of the service
   *
   * @example
   * ```ts
   * import { loadCloudConfig, Session } from '@ovn-docker/openstack';
   *
   * await using session = new Session(await loadCloudConfig({ env: process.env }));
   * const answer = await session.request({ method: 'GET', service: 'compute', path: '/servers' });
   * console.log(answer.status, answer.member('servers'));
   * ```
   */
  async request(call: ServiceRequest): Promise<ServiceAnswer> {
    const token = await this.#currentToken(call.signal);
    try {
      return await this.#send(call, token);
    } catch (refusal) {
      if (token === undefined) throw refusal;
      const error = this.#explain(refusal, call, token, false);
      // Another token of the same credential has the same access rules.
      const isFinal = !isUnauthorized(error) || error.code === 'OPENSTACK_ACCESS_RULES';
      if (isFinal || !this.#isRenewable()) throw error;
    }
    const fresh = await this.#tokens.replace(token.id, call.signal);
    try {
      return await this.#send(call, fresh);
    } catch (refusal) {
      throw this.#explain(refusal, call, fresh, true);
    }
  }

  /** The token for a call; undefined if the auth type is `none`. */
  async #currentToken(signal: AbortSignal | undefined): Promise<IssuedToken | undefined> {
    signal?.throwIfAborted();
    return this.#hasKeystone() ? this.#tokens.get(signal) : undefined;
  }

  /** The configuration in use, with the credential that was read last. */
  get config(): CloudConfig {
    return this.#config;
  }

  /**
   * Reads the configuration again, and exchanges URL, region and credential if they have changed and Keystone
   * accepts them; until then, calls use the former ones. Does nothing without `reread`, or without Keystone:
   * nothing else says whether a new configuration is right.
   */
  async refresh(): Promise<void> {
    const next = await this.#readAgain();
    if (next === undefined || (this.#refused !== undefined && isSameAccess(next, this.#refused))) return;
    const fresh = await this.#loginWith(next).catch(() => undefined);
    if (fresh !== undefined) this.#tokens.adopt(fresh);
  }

  /** Limits for lists. */
  get limits(): Required<AnswerLimits> {
    return withDefaults(this.#config.limits);
  }

  /** Aborts all calls in progress and closes the connection. A shared connection stays open. */
  async close(): Promise<void> {
    if (this.#ownsConnection) await this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * A refused credential may have been replaced in the file from which it comes. If the new one cannot be
   * used either, the first refusal counts, so that the token cache pauses: each call sends a refused password
   * again, and Keystone would lock the account.
   */
  async #login(): Promise<FreshToken> {
    try {
      const fresh = await fetchToken(this.#connection, this.#config);
      this.#projectId = fresh.token.project?.id;
      return fresh;
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      const next = await this.#readAgain();
      const fresh = next && (await this.#loginWith(next).catch(() => undefined));
      if (fresh === undefined) throw error;
      return fresh;
    }
  }

  async #loginWith(next: CloudConfig): Promise<FreshToken> {
    try {
      const fresh = await fetchToken(this.#connection, next);
      requireSameProject(this.#projectId, fresh);
      this.#config = next;
      this.#refused = undefined;
      this.#lastReason = '';
      this.#options.onCredential?.({ kind: 'replaced', origin: next.origin ?? 'the configuration' });
      return fresh;
    } catch (error) {
      // If Keystone is away, the next refresh tries again.
      if (isUnauthorized(error) || error instanceof OpenStackCatalogError) this.#refused = next;
      this.#keep(error);
      throw error;
    }
  }

  /** Returns the configuration that was read again; undefined if it is the same, or cannot be read. */
  async #readAgain(): Promise<CloudConfig | undefined> {
    try {
      const read = this.#hasKeystone() ? await this.#options.reread?.() : undefined;
      if (read === undefined || isSameAccess(read, this.#config)) return undefined;
      return withAccess(this.#config, read);
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  #keep(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    // The message of a service's error contains the id of the request.
    const isOfService = reason instanceof OpenStackError || reason instanceof OpenStackConnectionError;
    const what = isOfService ? reason.code : reason.message;
    if (what === this.#lastReason) return;
    this.#lastReason = what;
    this.#options.onCredential?.({ kind: 'kept', reason });
  }

  async #send(call: ServiceRequest, token: IssuedToken | undefined): Promise<ServiceAnswer> {
    const url = new URL(this.#urlOf(call, token));
    if (call.query !== undefined) url.search = call.query;
    const request: HttpRequest = {
      method: call.method,
      url,
      headers: {
        accept: 'application/json',
        ...call.headers,
        ...(token === undefined ? {} : { 'x-auth-token': token.id }),
      },
      body: call.body,
      secrets: [...(call.secrets ?? []), ...(token === undefined ? [] : [token.id])],
      ...(call.repeatable === undefined ? {} : { repeatable: call.repeatable }),
      moreTimeMs: call.moreTimeMs ?? 0,
    };
    const answer = await this.#connection.send(request, call.signal);
    const isGone = answer.status === 404 && parseErrorBody(answer.text).isFromService;
    const deletedByEarlierTry = call.method === 'DELETE' && isGone && answer.repeatedBlindly;
    if (!deletedByEarlierTry) expectSuccess(request, answer);
    return readable(request, answer);
  }

  #explain(error: unknown, call: ServiceRequest, token: IssuedToken, isFresh: boolean): unknown {
    const { service, method } = call;
    if (!isUnauthorized(error)) return error;
    const { pathname } = new URL(this.#urlOf(call, token));
    return explainRefusedToken(error, token, { service, method, paths: [pathname, call.path], isFresh });
  }

  /** Some catalogs contain the version in the URL; it must not occur twice. */
  #urlOf(call: ServiceRequest, token: IssuedToken | undefined): string {
    const base = this.#endpointOf(token, call.service);
    const version = /^\/v[0-9.]+/.exec(call.path)?.[0];
    return version !== undefined && base.endsWith(version)
      ? base + call.path.slice(version.length)
      : base + call.path;
  }

  #endpointOf(token: IssuedToken | undefined, serviceType: string): string {
    const override = this.#config.endpointOverrides?.[serviceType];
    if (override !== undefined) return withoutTrailingSlashes(override);
    if (token === undefined) return withoutTrailingSlashes(this.#config.authUrl);
    return findEndpoint(token, serviceType, this.#config);
  }

  #hasKeystone(): boolean {
    return this.#config.auth.type !== 'none';
  }

  /** A configured token cannot be renewed: the configuration has no other credential. */
  #isRenewable(): boolean {
    return this.#config.auth.type !== 'token';
  }
}
