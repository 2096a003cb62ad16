import type { Northbound } from '../northbound/northbound.ts';
import type { Caller } from '../policy/caller.ts';
import { isAllowed, type ServiceRequest } from './access-rules.ts';
import { type ApplicationCredential, ApplicationCredentials } from './application-credentials.ts';
import { Directory, type Project, type User } from './directory.ts';
import type { IdentityConfig } from './identity-config.ts';
import { Revocations } from './revocations.ts';
import { type TokenClaims, Tokens } from './tokens.ts';

/** A request to the network service. */
type NetworkRequest = Omit<ServiceRequest, 'service'>;

/** The user, project and roles of a valid token. */
export interface Principal {
  readonly claims: TokenClaims;
  readonly user: User;
  /** Absent for an unscoped token. */
  readonly project: Project | undefined;
  readonly roles: readonly string[];
  readonly credential: ApplicationCredential | undefined;
}

/** Users, tokens and application credentials, as the identity and the network service use them. */
export class Identity {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly credentials: ApplicationCredentials;
  readonly revocations: Revocations;
  /** Lifetime of a new token, in seconds. */
  readonly lifetime: number;

  constructor(config: IdentityConfig, nb: Northbound) {
    this.directory = new Directory(config);
    this.tokens = new Tokens(config.signingKey);
    this.credentials = new ApplicationCredentials(nb);
    this.revocations = new Revocations(nb);
    this.lifetime = config.token_lifetime;
  }

  /** The principal of a token, or undefined if the token is invalid, expired or revoked. */
  async validate(token: string): Promise<Principal | undefined> {
    const claims = await this.tokens.read(token);
    if (claims === undefined || this.revocations.isRevoked(claims)) return undefined;
    return this.resolve(claims);
  }

  /** The principal of a token's claims; undefined if user, project, roles or credential no longer exist. */
  resolve(claims: TokenClaims): Principal | undefined {
    const user = this.directory.user({ id: claims.userId });
    if (user === undefined) return undefined;
    const credential =
      claims.credentialId === undefined ? undefined : this.credentials.get(claims.credentialId);
    if (claims.credentialId !== undefined && (credential === undefined || isExpired(credential)))
      return undefined;
    if (claims.projectId === undefined) return { claims, user, project: undefined, roles: [], credential };
    const project = this.directory.project({ id: claims.projectId });
    const userRoles = this.directory.rolesOf(user, claims.projectId);
    const roles = credential ? credential.roles.filter((role) => userRoles.includes(role)) : userRoles;
    if (project === undefined || roles.length === 0) return undefined;
    return { claims, user, project, roles, credential };
  }

  /**
   * The principal of a token for one request to a service. Undefined also if the access rules of the token's
   * credential do not allow the request, as in keystonemiddleware: the answer is then the same 401.
   */
  async admit(token: string | undefined, request: ServiceRequest): Promise<Principal | undefined> {
    const principal = token === undefined ? undefined : await this.validate(token);
    const rules = principal?.credential && this.credentials.rulesOf(principal.credential);
    return rules === undefined || isAllowed(rules, request) ? principal : undefined;
  }

  /** The caller of the network service, or undefined if the token does not admit the request. */
  async caller(token: string | undefined, request: NetworkRequest): Promise<Caller | undefined> {
    const principal = await this.admit(token, { service: 'network', ...request });
    if (principal?.project === undefined) return undefined;
    return { userId: principal.user.id, projectId: principal.project.id, roles: principal.roles };
  }
}

/** Whether a credential has expired. */
export function isExpired(credential: ApplicationCredential): boolean {
  return credential.expires_at !== null && Date.parse(`${credential.expires_at}Z`) <= Date.now();
}
