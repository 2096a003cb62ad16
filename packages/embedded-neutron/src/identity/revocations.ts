import type { Northbound } from '../northbound/northbound.ts';
import type { TokenClaims } from './tokens.ts';

const PREFIX = 'keystone:revoked:';

/**
 * Tokens that were revoked before their time, by audit id, kept in NB_Global until they would have expired. A token made
 * from a revoked one carries its audit id too, and ends with it.
 */
export class Revocations {
  readonly #nb: Northbound;

  constructor(nb: Northbound) {
    this.#nb = nb;
  }

  isRevoked(claims: TokenClaims): boolean {
    return claims.auditIds.some((id) => PREFIX + id in this.#nb.settings);
  }

  revoke(claims: TokenClaims): Promise<void> {
    const [own] = claims.auditIds;
    const now = Date.now() / 1000;
    return this.#nb.change((tx) => {
      const past = Object.entries(this.#nb.settings)
        .filter(([key, expiresAt]) => key.startsWith(PREFIX) && Number(expiresAt) < now)
        .map(([key]) => [key, undefined] as const);
      this.#nb.set(tx, { ...Object.fromEntries(past), [`${PREFIX}${own}`]: String(claims.expiresAt) });
    });
  }
}
