import type { Northbound } from '../northbound/northbound.ts';
import type { TokenClaims } from './tokens.ts';

const PREFIX = 'keystone:revoked:';

/**
 * The audit ids of revoked tokens, stored in NB_Global until the tokens would have expired. A token obtained
 * with another token also contains the audit id of that token, and is revoked with it.
 */
export class Revocations {
  readonly #nb: Northbound;

  constructor(nb: Northbound) {
    this.#nb = nb;
  }

  /** Whether the token, or the token with which it was obtained, has been revoked. */
  isRevoked(claims: TokenClaims): boolean {
    return claims.auditIds.some((id) => PREFIX + id in this.#nb.settings);
  }

  /** Revokes a token and deletes expired revocations. */
  revoke(claims: TokenClaims): Promise<void> {
    const [auditId] = claims.auditIds;
    const now = Date.now() / 1000;
    return this.#nb.change((tx) => {
      const expired = Object.entries(this.#nb.settings)
        .filter(([key, expiresAt]) => key.startsWith(PREFIX) && Number(expiresAt) < now)
        .map(([key]) => [key, undefined] as const);
      this.#nb.set(tx, { ...Object.fromEntries(expired), [`${PREFIX}${auditId}`]: String(claims.expiresAt) });
    });
  }
}
