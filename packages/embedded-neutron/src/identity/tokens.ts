import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/**
 * The contents of a token. Roles are looked up at each use, so that the removal of a role takes effect at
 * once.
 */
export interface TokenClaims {
  readonly userId: string;
  /** Absent in an unscoped token. */
  readonly projectId?: string;
  /** Authentication methods of the owner, oldest first. */
  readonly methods: readonly string[];
  /** The token's own audit id, then that of the token with which it was obtained, if any. */
  readonly auditIds: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The application credential that the owner authenticated with. */
  readonly credentialId?: string;
}

const ISSUER = 'embedded-neutron';

/** A new audit id: 16 random bytes in base64url, as in Keystone. */
export const newAuditId = (): string => randomBytes(16).toString('base64url');

/** Issues and reads tokens: JWS (RFC 7515) with HS256, which every replica with the key can read. */
export class Tokens {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Signs a token. */
  issue(claims: TokenClaims): Promise<string> {
    return new SignJWT({
      pid: claims.projectId,
      mth: claims.methods,
      aud_ids: claims.auditIds,
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
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], issuer: ISSUER });
      const { sub, iat, exp } = payload;
      if (sub === undefined || iat === undefined || exp === undefined) return undefined;
      return {
        userId: sub,
        ...(typeof payload['pid'] === 'string' ? { projectId: payload['pid'] } : {}),
        methods: strings(payload['mth']),
        auditIds: strings(payload['aud_ids']),
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

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
