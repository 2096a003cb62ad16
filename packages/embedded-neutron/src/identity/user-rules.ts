import { randomUUID } from 'node:crypto';
import { KeystoneError } from '../errors.ts';
import { record, text } from '../northbound/external-ids.ts';
import { IdentityTable } from '../northbound/identity-rows.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';
import type { AccessRule, AllowedRequest } from './access-rules.ts';

/** A rule of a request: a new one, or the id of one that the user has. */
export type RequestedRule = AllowedRequest | { readonly id: string };

interface StoredRule extends AccessRule {
  readonly user_id: string;
}

/** The maximum number of rules per user. It is small because every replica keeps them in memory. */
const LIMIT = 500;

const attributes = record<Omit<StoredRule, 'id'>>({
  user_id: text('keystone:user_id'),
  service: text('keystone:service'),
  method: text('keystone:method'),
  path: text('keystone:path'),
});

/** The access rules of all users. A rule never changes, and a user's application credentials share it. */
export class UserRules {
  readonly #table: IdentityTable<StoredRule>;

  constructor(nb: Northbound) {
    this.#table = new IdentityTable(nb, 'access_rule', attributes, ({ user_id }) => ({ owner: user_id }));
  }

  get(id: string): StoredRule | undefined {
    return this.#table.get(id);
  }

  list(userId: string): StoredRule[] {
    return this.#table.owned(userId);
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
      const stored: StoredRule = { ...rule, id: randomUUID().replaceAll('-', ''), user_id: userId };
      known.push(stored);
      if (known.length > LIMIT) {
        throw new KeystoneError(403, `The limit of ${LIMIT} access rules per user is reached.`);
      }
      this.#table.insert(tx, stored);
      return stored.id;
    });
    return [...new Set(ids)];
  }

  /** Part of a plan. */
  delete(tx: NbTransaction, id: string): void {
    this.#table.delete(tx, id);
  }
}

function isSame(one: AllowedRequest, other: AllowedRequest): boolean {
  return one.service === other.service && one.method === other.method && one.path === other.path;
}
