import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** What a token says. Roles are not in it: they are looked up when it is used, so that taking one away works at once. */
export interface TokenClaims {
  readonly userId: string;
  /** Absent in an unscoped token. */
  readonly projectId?: string;
  /** How its owner authenticated, oldest first. */
  readonly methods: readonly string[];
  /** The token's own id first, then that of the token it was made from. */
  readonly auditIds: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The application credential it was made with. */
  readonly credentialId?: string;
}

const ISSUER = 'embedded-neutron';

/** A new audit id: 16 random bytes in base64url, as Keystone has it. */
export const newAuditId = (): string => randomBytes(16).toString('base64url');

/** Issues and reads tokens: JWS (RFC 7515) with HS256, so that every replica with the key can read them. */
export class Tokens {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

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

  /** Undefined for anything that is not a live token of ours. */
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
      // Malformed, forged and expired look the same to the caller.
      return undefined;
    }
  }
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
