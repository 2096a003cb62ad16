import { type KeystoneToken, OpenStackError, Session } from '@ovn-docker/openstack';
import { IdentityUnavailableError } from '../../errors.ts';
import type { RateLimiter } from '../../http/rate-limiter.ts';
import type { Log } from '../../log.ts';
import type { Caller } from '../../policy/caller.ts';
import { type AllowedRequest, isAllowed } from '../access-rules.ts';
import { FairQueue, QueueFullError } from '../fair-queue.ts';
import type { KeystoneConfig } from '../identity-config.ts';
import { KnownTokens, keyOf } from './known-tokens.ts';

/** A request to the network service, and the address that it comes from. */
interface NetworkRequest {
  readonly method: string;
  readonly path: string;
  readonly address: string;
}

/** What Keystone says about a token. */
interface Validity {
  /** Absent for a token that is invalid, or not for a project. */
  readonly caller?: Caller;
  /** Absent if every request is allowed. */
  readonly rules?: readonly AllowedRequest[];
}

/** Tokens that are remembered, valid and invalid ones apart, so that strangers displace no valid ones. */
const REMEMBERED = 10_000;
/** How long an invalid token is not asked for again, in milliseconds. */
const INVALID_MS = 10_000;
/** How long an answer of Keystone shows that it can validate tokens, in milliseconds. */
const FRESH_MS = 10_000;
/** Characters. Keystone's tokens have some hundred. */
const MAX_LENGTH = 8192;
/** Simultaneous questions to Keystone, and waiting ones of an address and of all addresses. */
const LIMITS = { concurrency: 8, perGroup: 64, total: 512 };

/**
 * Validates tokens with a Keystone (`GET /v3/auth/tokens`), as keystonemiddleware does. The answers are
 * remembered for the configured time, after which a revoked token is refused at the latest.
 */
export class KeystoneTokens implements AsyncDisposable {
  readonly #config: KeystoneConfig;
  readonly #log: Log;
  readonly #rates: RateLimiter | undefined;
  readonly #session: Session;
  readonly #queue = new FairQueue(LIMITS);
  readonly #valid = new KnownTokens<Validity>(REMEMBERED);
  readonly #invalid = new KnownTokens<Validity>(REMEMBERED);
  /** Questions that are being asked, by token. */
  readonly #asked = new Map<string, Promise<Validity>>();
  #lastFailure = '';
  /** When Keystone has answered last without a failure since, in milliseconds of `performance.now()`. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #probe: Promise<string | undefined> | undefined;

  /** @param rates what each token may send; by default any number of requests */
  constructor(config: KeystoneConfig, log: Log, rates?: RateLimiter) {
    this.#rates = rates;
    this.#config = config;
    this.#log = log;
    this.#session = new Session({
      authUrl: config.url,
      auth: config.auth,
      origin: 'the configuration of embedded-neutron',
      ...(config.caFile !== undefined && { caFile: config.caFile }),
      timeoutMs: 10_000,
      connectTimeoutMs: 3_000,
      maxConcurrency: LIMITS.concurrency,
      retry: { attempts: 2, maxDelayMs: 1_000 },
      endpointOverrides: { identity: config.url },
    });
  }

  /**
   * The caller of the network service. Undefined if the token is invalid or not for a project, or if its
   * access rules do not allow the request.
   *
   * @throws IdentityUnavailableError if Keystone does not answer, or refuses this service's credential;
   * NeutronError TooManyRequests
   */
  async caller(token: string | undefined, request: NetworkRequest): Promise<Caller | undefined> {
    // A header cannot contain other characters; some programs send an empty one.
    if (token === undefined || !/^[\x21-\x7e]+$/.test(token) || token.length > MAX_LENGTH) return undefined;
    const { caller, rules } = await this.#validity(token, request.address);
    if (caller) this.#rates?.count(keyOf(token));
    const isRefused = rules !== undefined && !isAllowed(rules, { service: 'network', ...request });
    return isRefused ? undefined : caller;
  }

  /**
   * Why tokens cannot be validated now; undefined if they can. Asks Keystone about this service's own token
   * if it has not answered for a while, and once for all who want to know.
   */
  async problem(): Promise<string | undefined> {
    if (performance.now() - this.#answeredAt < FRESH_MS) return undefined;
    this.#probe ??= this.#askAboutItself().finally(() => {
      this.#probe = undefined;
    });
    return this.#probe;
  }

  async #askAboutItself(): Promise<string | undefined> {
    try {
      await this.#fetch((await this.#session.token()).id);
      return undefined;
    } catch {
      return 'Keystone cannot validate tokens';
    }
  }

  /** Closes the connection to Keystone. */
  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #validity(token: string, address: string): Promise<Validity> | Validity {
    const known = this.#valid.get(token) ?? this.#invalid.get(token) ?? this.#asked.get(token);
    if (known !== undefined) return known;
    const answer = this.#queue
      .run({ group: address, name: '' }, false, () => this.#ask(token))
      .catch((error: unknown) => {
        throw error instanceof QueueFullError ? new IdentityUnavailableError() : error;
      })
      .finally(() => this.#asked.delete(token));
    this.#asked.set(token, answer);
    return answer;
  }

  async #ask(token: string): Promise<Validity> {
    const validated = await this.#fetch(token);
    const now = Date.now();
    if (validated === undefined) {
      this.#invalid.set(token, {}, now + Math.min(INVALID_MS, this.#config.cacheTime * 1000));
      return {};
    }
    const validity = read(validated);
    this.#valid.set(
      token,
      validity,
      Math.min(now + this.#config.cacheTime * 1000, Date.parse(validated.expires_at)),
    );
    return validity;
  }

  /** The token's description; undefined for an invalid token. @throws IdentityUnavailableError */
  async #fetch(token: string): Promise<KeystoneToken | undefined> {
    try {
      // Separate, so that a 404 of the next request is about the caller's token.
      await this.#session.token();
    } catch (error) {
      throw this.#unavailable(error);
    }
    try {
      const answer = await this.#session.request({
        method: 'GET',
        service: 'identity',
        path: '/v3/auth/tokens',
        query: 'nocatalog',
        headers: { 'x-subject-token': token, 'openstack-identity-access-rules': '1.0' },
        secrets: [token],
      });
      this.#hasAnswered();
      return answer.member('token') as KeystoneToken;
    } catch (error) {
      if (!(error instanceof OpenStackError && [400, 404].includes(error.status))) {
        throw this.#unavailable(error);
      }
      this.#hasAnswered();
      return undefined;
    }
  }

  #hasAnswered(): void {
    this.#lastFailure = '';
    this.#answeredAt = performance.now();
  }

  /** Logs why Keystone cannot be asked, once until the reason changes. */
  #unavailable(error: unknown): IdentityUnavailableError {
    const { message, hint = '' } = error as Error & { readonly hint?: string };
    const reason = error instanceof OpenStackError ? `${error.code} ${error.status}` : message;
    if (reason !== this.#lastFailure) {
      this.#log.error({ msg: 'keystone cannot validate tokens', error: message, hint });
    }
    this.#lastFailure = reason;
    this.#answeredAt = Number.NEGATIVE_INFINITY;
    return new IdentityUnavailableError(message, { cause: error });
  }
}

function read({ user, project, roles = [], application_credential: credential }: KeystoneToken): Validity {
  const rules = credential?.access_rules;
  if (project === undefined) return {};
  return {
    caller: { userId: user.id, projectId: project.id, roles: roles.map(({ name }) => name) },
    ...(rules !== undefined && { rules }),
  };
}
