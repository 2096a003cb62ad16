import { KeystoneError } from '../errors.ts';
import { UserPairs } from '../northbound/identity-rows.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';

/** What a role is assigned on, and what a token is for: `id` is `all` for the system. */
export interface Scope {
  readonly kind: 'project' | 'domain' | 'system';
  readonly id: string;
}

/** A role assignment. */
export interface Grant {
  readonly userId: string;
  readonly scope: Scope;
  readonly roleId: string;
}

/** The whole system, as a scope. */
export const SYSTEM: Scope = { kind: 'system', id: 'all' };

/** The maximum number of role assignments of a user. */
const LIMIT = 500;

/** The role assignments: those of the configuration file, and those that admins made over the API. */
export class Grants {
  readonly #configured: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #stored: UserPairs;

  constructor(nb: Northbound, configured: readonly Grant[]) {
    this.#stored = new UserPairs(nb, 'grants');
    const byUser = Map.groupBy(configured, ({ userId }) => userId);
    this.#configured = new Map([...byUser].map(([userId, grants]) => [userId, new Set(grants.map(keyOf))]));
  }

  /** The assignments of a user. */
  of(userId: string): Grant[] {
    const keys = new Set([...(this.#configured.get(userId) ?? []), ...this.#stored.get(userId).keys()]);
    return [...keys].map((key) => parse(userId, key));
  }

  /** The assignments of all users. */
  list(): Grant[] {
    const users = new Set([...this.#configured.keys(), ...this.#stored.list().map(([userId]) => userId)]);
    return [...users].flatMap((userId) => this.of(userId));
  }

  has(grant: Grant): boolean {
    const key = keyOf(grant);
    return this.#isConfigured(grant) || this.#stored.get(grant.userId).has(key);
  }

  /** Part of a plan. @throws KeystoneError 403 beyond {@link LIMIT} */
  add(tx: NbTransaction, grant: Grant): void {
    if (this.has(grant)) return;
    if (this.#stored.get(grant.userId).size >= LIMIT) {
      throw new KeystoneError(403, `The limit of ${LIMIT} role assignments of a user is reached.`);
    }
    this.#stored.set(tx, grant.userId, new Map([[keyOf(grant), '']]));
  }

  /** Part of a plan. @throws KeystoneError 403 for an assignment of the configuration file */
  remove(tx: NbTransaction, grant: Grant): void {
    if (this.#isConfigured(grant)) {
      throw new KeystoneError(
        403,
        'This role assignment is defined in the configuration file of embedded-neutron and cannot be deleted over the API.',
      );
    }
    this.#stored.set(tx, grant.userId, new Map([[keyOf(grant), undefined]]));
  }

  /** Removes all stored assignments of the given users, and of others those that match. Part of a plan. */
  removeAll(
    tx: NbTransaction,
    users: ReadonlySet<string>,
    matches: (grant: Grant) => boolean = () => false,
  ): void {
    for (const [userId, pairs] of this.#stored.list()) {
      if (users.has(userId)) {
        this.#stored.delete(tx, userId);
        continue;
      }
      const removed = [...pairs.keys()].filter((key) => matches(parse(userId, key)));
      if (removed.length > 0) {
        this.#stored.set(tx, userId, new Map(removed.map((key) => [key, undefined])));
      }
    }
  }

  #isConfigured(grant: Grant): boolean {
    return this.#configured.get(grant.userId)?.has(keyOf(grant)) ?? false;
  }
}

/** Ids contain no slash. */
const keyOf = ({ scope, roleId }: Grant): string => `${scope.kind}/${scope.id}/${roleId}`;

function parse(userId: string, key: string): Grant {
  const [kind, id = '', roleId = ''] = key.split('/');
  return { userId, scope: { kind: kind as Scope['kind'], id }, roleId };
}
