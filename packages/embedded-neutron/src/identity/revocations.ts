import { UserPairs } from '../northbound/identity-rows.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';
import type { TokenClaims } from './tokens.ts';

/** The key of the user's epoch. Audit ids are longer. */
const EPOCH = 'epoch';
/** The maximum number of single revocations of a user that are stored. */
const LIMIT = 64;

/**
 * The revoked tokens of each user: audit ids until the tokens would have expired, and the *epoch*. A token
 * contains its audit id, those of the tokens with which it was obtained, and the epoch in which it was
 * issued. It is revoked if one of the ids is stored, or if the user is in another epoch.
 */
export class Revocations {
  readonly #nb: Northbound;
  readonly #pairs: UserPairs;

  constructor(nb: Northbound) {
    this.#nb = nb;
    this.#pairs = new UserPairs(nb, 'tokens');
  }

  /** The epoch of a user's new tokens. */
  epochOf(userId: string): number {
    return Number(this.#pairs.get(userId).get(EPOCH) ?? 0);
  }

  /** Whether the token, or a token with which it was obtained, has been revoked. */
  isRevoked({ userId, epoch, auditIds }: TokenClaims): boolean {
    const pairs = this.#pairs.get(userId);
    return epoch !== this.epochOf(userId) || auditIds.some((id) => pairs.has(id));
  }

  /**
   * Revokes a token and those that were obtained with it. Deletes the user's expired revocations. If too many
   * others are stored, revokes all tokens of the user instead, so that no user can fill the database.
   */
  revoke({ userId, auditIds: [auditId = ''], expiresAt }: TokenClaims): Promise<void> {
    return this.#nb.change(
      (tx) => {
        const now = Date.now() / 1000;
        const stored = [...this.#pairs.get(userId)].filter(([key]) => key !== EPOCH);
        const expired = stored.filter(([, until]) => Number(until) < now).map(([key]) => key);
        if (stored.length - expired.length >= LIMIT) return this.revokeAll(tx, userId);
        const changes = new Map<string, string | undefined>(expired.map((key) => [key, undefined]));
        this.#pairs.set(tx, userId, changes.set(auditId, String(expiresAt)));
      },
      { shared: true },
    );
  }

  /** Revokes all tokens of a user. Part of a plan. */
  revokeAll(tx: NbTransaction, userId: string): void {
    const changes = new Map<string, string | undefined>();
    for (const key of this.#pairs.get(userId).keys()) changes.set(key, undefined);
    this.#pairs.set(tx, userId, changes.set(EPOCH, String(this.epochOf(userId) + 1)));
  }

  /** Deletes what is stored for users that are deleted. Part of a plan. */
  forget(tx: NbTransaction, users: ReadonlySet<string>): void {
    for (const userId of users) this.#pairs.delete(tx, userId);
  }
}
