import type { RateLimiter } from '../http/rate-limiter.ts';
import type { Northbound } from '../northbound/northbound.ts';
import type { Caller } from '../policy/caller.ts';
import { isAllowed, type ServiceRequest } from './access-rules.ts';
import { type ApplicationCredential, ApplicationCredentials } from './application-credentials.ts';
import { Directory } from './directory.ts';
import type { Project, Role, User } from './entities.ts';
import type { Scope } from './grants.ts';
import type { IdentityConfig } from './identity-config.ts';
import { LoginQueue } from './login-queue.ts';
import { Revocations } from './revocations.ts';
import { type TokenClaims, Tokens } from './tokens.ts';

/** A request to the network service. */
type NetworkRequest = Omit<ServiceRequest, 'service'>;

/** The user, scope and roles of a valid token. */
export interface Principal {
  readonly claims: TokenClaims;
  readonly user: User;
  /** Absent for an unscoped token. */
  readonly scope: Scope | undefined;
  /** The project, if the token is for one. */
  readonly project: Project | undefined;
  readonly roles: readonly Role[];
  readonly credential: ApplicationCredential | undefined;
}

/** Whether a principal may administrate: as in Keystone, it has the role admin in any scope. */
export const isAdministrator = ({ roles }: Principal): boolean => roles.some(({ name }) => name === 'admin');

/** Users, tokens and application credentials, as the identity and the network service use them. */
export class Identity {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly credentials: ApplicationCredentials;
  readonly revocations: Revocations;
  readonly logins = new LoginQueue();
  readonly nb: Northbound;
  readonly #rates: RateLimiter | undefined;
  /** Lifetime of a new token, in seconds. */
  readonly lifetime: number;

  /** @param rates what each token may send; by default any number of requests */
  constructor(config: IdentityConfig, nb: Northbound, rates?: RateLimiter) {
    this.#rates = rates;
    this.nb = nb;
    this.directory = new Directory(config, nb);
    this.tokens = new Tokens(config.signingKey);
    this.credentials = new ApplicationCredentials(nb, this.directory);
    this.revocations = new Revocations(nb);
    this.lifetime = config.token_lifetime;
  }

  /** The principal of a token, or undefined if the token is invalid, expired or revoked. */
  async validate(token: string): Promise<Principal | undefined> {
    const claims = await this.tokens.read(token);
    if (claims === undefined || this.revocations.isRevoked(claims)) return undefined;
    return this.resolve(claims);
  }

  /** {@link validate} for the token of a request, which counts. @throws NeutronError TooManyRequests */
  async validateCaller(token: string): Promise<Principal | undefined> {
    const principal = await this.validate(token);
    // Tokens that were obtained with one another count together.
    if (principal) this.#rates?.count(principal.claims.auditIds.at(-1) ?? '');
    return principal;
  }

  /**
   * The principal of a token's claims; undefined if user, scope or credential no longer exist or are
   * disabled, or if the user has no role in the scope.
   */
  resolve(claims: TokenClaims): Principal | undefined {
    const { directory } = this;
    const { scope, credentialId } = claims;
    const user = directory.users.get(claims.userId);
    if (user === undefined || !directory.isActive(user)) return undefined;
    const credential = credentialId === undefined ? undefined : this.credentials.get(credentialId);
    if (credentialId !== undefined && (credential === undefined || isExpired(credential))) return undefined;
    if (scope === undefined) {
      return { claims, user, scope, project: undefined, roles: [], credential };
    }
    const all = directory.rolesIn(user.id, scope);
    const roles = credential ? all.filter(({ id }) => credential.roles.includes(id)) : all;
    if (roles.length === 0 || !directory.isOpen(scope)) return undefined;
    const project = scope.kind === 'project' ? directory.projects.get(scope.id) : undefined;
    return { claims, user, scope, project, roles, credential };
  }

  /**
   * The principal of a token for one request to a service. Undefined also if the access rules of the token's
   * credential do not allow the request, as in keystonemiddleware: the answer is then the same 401.
   */
  async admit(token: string | undefined, request: ServiceRequest): Promise<Principal | undefined> {
    const principal = token === undefined ? undefined : await this.validateCaller(token);
    const rules = principal?.credential && this.credentials.rulesOf(principal.credential);
    return rules === undefined || isAllowed(rules, request) ? principal : undefined;
  }

  /** The caller of the network service, or undefined if the token does not admit the request. */
  async caller(token: string | undefined, request: NetworkRequest): Promise<Caller | undefined> {
    const principal = await this.admit(token, { service: 'network', ...request });
    if (principal?.project === undefined) return undefined;
    const roles = principal.roles.map(({ name }) => name);
    return { userId: principal.user.id, projectId: principal.project.id, roles };
  }
}

/** Whether a credential has expired. */
export function isExpired(credential: ApplicationCredential): boolean {
  return credential.expires_at !== null && Date.parse(`${credential.expires_at}Z`) <= Date.now();
}
