import { randomUUID } from 'node:crypto';
import { KeystoneError } from '../errors.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';
import type { AccessRule, AllowedRequest } from './access-rules.ts';

/** A rule of a request: a new one, or the id of one that the user has. */
export type RequestedRule = AllowedRequest | { readonly id: string };

interface StoredRule extends AccessRule {
  readonly user_id: string;
}

/** The maximum number of rules per user. It is small because every instance keeps them in memory. */
const LIMIT = 500;
const PREFIX = 'keystone:access_rule:';

/**
 * The access rules of all users, stored in NB_Global. A rule never changes, and the application credentials
 * of one user share it.
 */
export class UserRules {
  readonly #nb: Northbound;

  constructor(nb: Northbound) {
    this.#nb = nb;
  }

  get(id: string): StoredRule | undefined {
    const text = this.#nb.settings[PREFIX + id];
    return text === undefined ? undefined : (JSON.parse(text) as StoredRule);
  }

  list(userId: string): StoredRule[] {
    return Object.entries(this.#nb.settings)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([, text]) => JSON.parse(text) as StoredRule)
      .filter(({ user_id }) => user_id === userId);
  }

  /**
   * Stores the rules that the user does not have yet. Returns the ids of all. Part of a plan.
   *
   * @throws KeystoneError 400 for an unknown id, 403 beyond {@link LIMIT}
   */
  add(tx: NbTransaction, userId: string, requested: readonly RequestedRule[]): string[] {
    const known = this.list(userId);
    const ids = requested.map((rule) => {
      const existing = known.find((each) => ('id' in rule ? each.id === rule.id : isSame(each, rule)));
      if (existing) return existing.id;
      if ('id' in rule) throw new KeystoneError(400, `Could not find Access Rule: ${rule.id}.`);
      const stored = { ...rule, id: randomUUID().replaceAll('-', ''), user_id: userId };
      known.push(stored);
      if (known.length > LIMIT) {
        throw new KeystoneError(403, `The limit of ${LIMIT} access rules per user is reached.`);
      }
      this.#nb.set(tx, { [PREFIX + stored.id]: JSON.stringify(stored) });
      return stored.id;
    });
    return [...new Set(ids)];
  }

  /** Part of a plan. */
  delete(tx: NbTransaction, id: string): void {
    this.#nb.set(tx, { [PREFIX + id]: undefined });
  }
}

function isSame(one: AllowedRequest, other: AllowedRequest): boolean {
  return one.service === other.service && one.method === other.method && one.path === other.path;
}
