import type { CallOptions } from '../call-options.ts';
import type { CloudConfig } from '../config/cloud-config.ts';
import { OpenStackError } from '../errors.ts';
import { expectSuccess, readable, type ServiceAnswer } from '../http/answers.ts';
import { CloudConnection } from '../http/connection.ts';
import { parseErrorBody } from '../http/error-body.ts';
import type { HttpRequest, Method } from '../http/types.ts';
import { findEndpoint } from './catalog.ts';
import { TokenCache } from './token-cache.ts';
import { fetchToken } from './tokens.ts';
import type { IssuedToken } from './types.ts';

/** A call to a service of the catalog. */
export interface ServiceRequest extends CallOptions {
  readonly method: Method;
  /** Service type, for instance `network`. */
  readonly service: string;
  /** Path below the service's endpoint, from its version on: `/v2.0/ports`. */
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What one try may take in ms on top of the configured time. */
  readonly moreTimeMs?: number;
}

export interface SessionOptions {
  /** Share the connections and the limits of another session of the same cloud; whoever made it closes it. */
  readonly connection?: CloudConnection;
}

/**
 * One user's access to one cloud: gets a token when it is needed, renews it before it expires, and once for all calls
 * that were answered 401. Nothing is sent before the first call.
 */
export class Session implements AsyncDisposable {
  readonly #config: CloudConfig;
  readonly #connection: CloudConnection;
  readonly #ownsConnection: boolean;
  readonly #tokens: TokenCache;

  constructor(config: CloudConfig, options: SessionOptions = {}) {
    this.#config = config;
    this.#connection = options.connection ?? new CloudConnection(config);
    this.#ownsConnection = options.connection === undefined;
    this.#tokens = new TokenCache(() => fetchToken(this.#connection, config));
  }

  /**
   * The present token: its id, project, roles, expiry and catalog.
   *
   * @throws {OpenStackError} 401 when the credentials or the given token are refused
   */
  token(options: CallOptions = {}): Promise<IssuedToken> {
    return this.#tokens.get(options.signal);
  }

  /**
   * URL of a service by region and interface, without a slash at its end.
   *
   * @throws {OpenStackCatalogError}
   */
  async endpoint(serviceType: string, options: CallOptions = {}): Promise<string> {
    return this.#endpointOf(await this.token(options), serviceType);
  }

  /**
   * Calls a service. A 401 is tried again with a new token, which is safe for every method because the service has not
   * looked at the call.
   *
   * @throws {OpenStackError | OpenStackConnectionError | OpenStackCatalogError}
   */
  async request(call: ServiceRequest): Promise<ServiceAnswer> {
    const token = await this.#tokens.get(call.signal);
    try {
      return await this.#send(call, token);
    } catch (error) {
      if (!(error instanceof OpenStackError) || error.status !== 401 || !this.#isRenewable()) throw error;
      return this.#send(call, await this.#tokens.replace(token.id, call.signal));
    }
  }

  /** Ends all calls under way. A shared connection stays open. */
  async close(): Promise<void> {
    if (this.#ownsConnection) await this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #send(call: ServiceRequest, token: IssuedToken): Promise<ServiceAnswer> {
    const url = new URL(this.#urlOf(call, token));
    if (call.query !== undefined) url.search = call.query;
    const request: HttpRequest = {
      method: call.method,
      url,
      headers: { accept: 'application/json', ...call.headers, 'x-auth-token': token.id },
      body: call.body,
      secrets: [token.id],
      moreTimeMs: call.moreTimeMs ?? 0,
    };
    const answer = await this.#connection.send(request, call.signal);
    const isGone = answer.status === 404 && parseErrorBody(answer.text).isFromService;
    const goneByOurOwnHand = call.method === 'DELETE' && isGone && answer.repeatedBlindly;
    if (!goneByOurOwnHand) expectSuccess(request, answer);
    return readable(request, answer);
  }

  /** Some catalogs do have the version in the URL; it is not said twice. */
  #urlOf(call: ServiceRequest, token: IssuedToken): string {
    const base = this.#endpointOf(token, call.service);
    const version = /^\/v[0-9.]+/.exec(call.path)?.[0];
    return version !== undefined && base.endsWith(version)
      ? base + call.path.slice(version.length)
      : base + call.path;
  }

  #endpointOf(token: IssuedToken, serviceType: string): string {
    const override = this.#config.endpointOverrides?.[serviceType];
    if (override !== undefined) return override.replace(/\/+$/, '');
    return findEndpoint(token, serviceType, this.#config);
  }

  /** A token that was given is all there is. */
  #isRenewable(): boolean {
    return this.#config.auth.type !== 'token';
  }
}
