import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { type Scope, SYSTEM } from './grants.ts';

/**
 * The contents of a token. Roles are looked up at each use, so that the removal of a role takes effect at
 * once.
 */
export interface TokenClaims {
  readonly userId: string;
  /** Absent in an unscoped token. */
  readonly scope?: Scope;
  /** Authentication methods of the owner, oldest first. */
  readonly methods: readonly string[];
  /** The token's own audit id, then those of the tokens with which it was obtained, the nearest first. */
  readonly auditIds: readonly string[];
  /** The user's epoch in which the token was issued: see `Revocations`. */
  readonly epoch: number;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The application credential that the owner authenticated with. */
  readonly credentialId?: string;
}

const ISSUER = 'embedded-neutron';
/** Bytes. A token of this service is shorter, so that a longer one is not worth reading. */
const MAX_LENGTH = 4096;
/** The number of tokens whose claims are stored, so that only the first request verifies the signature. */
const STORED = 1024;

/** A new audit id: 16 random bytes in base64url, as in Keystone. */
export const newAuditId = (): string => randomBytes(16).toString('base64url');

/** Issues and reads tokens: JWS (RFC 7515) with HS256, which every replica with the key can read. */
export class Tokens {
  readonly #key: Uint8Array;
  /** The claims of tokens with a valid signature. The oldest is first. */
  readonly #verified = new Map<string, TokenClaims>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Signs a token. */
  issue(claims: TokenClaims): Promise<string> {
    const { scope } = claims;
    return new SignJWT({
      ...(scope && { [SCOPE_CLAIMS[scope.kind]]: scope.id }),
      mth: claims.methods,
      aud_ids: claims.auditIds,
      ep: claims.epoch,
      ac: claims.credentialId,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setSubject(claims.userId)
      .setIssuedAt(claims.issuedAt)
      .setExpirationTime(claims.expiresAt)
      .sign(this.#key);
  }

  /** The claims of a token. Undefined for a malformed, forged or expired token. */
  async read(token: string): Promise<TokenClaims | undefined> {
    if (token.length > MAX_LENGTH) return undefined;
    const known = this.#verified.get(token);
    if (known) return known.expiresAt > Date.now() / 1000 ? known : undefined;
    const claims = await this.#verify(token);
    if (claims) this.#store(token, claims);
    return claims;
  }

  #store(token: string, claims: TokenClaims): void {
    const [oldest] = this.#verified.size < STORED ? [] : this.#verified.keys();
    if (oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, claims);
  }

  async #verify(token: string): Promise<TokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], issuer: ISSUER });
      const { sub, iat, exp } = payload;
      if (sub === undefined || iat === undefined || exp === undefined) return undefined;
      const scope = readScope(payload);
      return {
        userId: sub,
        ...(scope && { scope }),
        methods: strings(payload['mth']),
        auditIds: strings(payload['aud_ids']),
        epoch: Number(payload['ep']),
        issuedAt: iat,
        expiresAt: exp,
        ...(typeof payload['ac'] === 'string' ? { credentialId: payload['ac'] } : {}),
      };
    } catch {
      // The caller must not learn why jose refuses a token.
      return undefined;
    }
  }
}

const SCOPE_CLAIMS = { project: 'pid', domain: 'did', system: 'sys' } as const;

function readScope(payload: Readonly<Record<string, unknown>>): Scope | undefined {
  if (typeof payload['pid'] === 'string') return { kind: 'project', id: payload['pid'] };
  if (typeof payload['did'] === 'string') return { kind: 'domain', id: payload['did'] };
  return payload['sys'] === SYSTEM.id ? SYSTEM : undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
