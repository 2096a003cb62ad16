import { KeystoneError } from '../errors.ts';
import type { IdentityTable } from '../northbound/identity-rows.ts';
import type { NbTransaction } from '../northbound/northbound.ts';
import type { Entity } from './entities.ts';

interface Options<T> {
  /** The kind of object in error messages: `user`. */
  readonly kind: string;
  readonly configured: readonly T[];
  readonly stored: IdentityTable<T & { readonly id: string }>;
  /** The key that no two objects of the kind share: the name, with the domain if it belongs to one. */
  readonly uniqueKey: (item: T) => string;
  readonly ownerOf: (item: T) => string | undefined;
  /** The maximum number of stored objects. */
  readonly limit: number;
}

/**
 * The objects of one kind: those of the configuration file, and behind them the stored ones. An object of the
 * file hides a stored one with the same id or name, and cannot be changed.
 */
export class EntityStore<T extends Entity> {
  readonly kind: string;
  readonly #byId: ReadonlyMap<string, T>;
  readonly #byKey: ReadonlyMap<string, T>;
  readonly #stored: IdentityTable<T>;
  readonly #options: Options<T>;

  constructor(options: Options<T>) {
    this.kind = options.kind;
    this.#options = options;
    this.#stored = options.stored;
    this.#byId = new Map(options.configured.map((item) => [item.id, item]));
    this.#byKey = new Map(options.configured.map((item) => [options.uniqueKey(item), item]));
  }

  get(id: string): T | undefined {
    return this.#byId.get(id) ?? this.#stored.get(id);
  }

  /** The object with a unique key: a name, or `nameIn(domainId, name)`. */
  named(key: string): T | undefined {
    return this.#byKey.get(key) ?? this.#stored.named(key);
  }

  list(): T[] {
    return [...this.#byId.values(), ...this.#stored.list().filter(({ id }) => !this.#byId.has(id))];
  }

  /** The objects in a domain. */
  owned(owner: string): T[] {
    const configured = this.#byId.values().filter((item) => this.#options.ownerOf(item) === owner);
    return [...configured, ...this.#stored.owned(owner).filter(({ id }) => !this.#byId.has(id))];
  }

  /** @throws KeystoneError 404 */
  require(id: string): T {
    const item = this.get(id);
    if (item === undefined) throw new KeystoneError(404, `Could not find ${this.kind}: ${id}.`);
    return item;
  }

  isConfigured(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Part of a plan. @throws KeystoneError 409 for a name that is used, 403 beyond the limit */
  insert(tx: NbTransaction, item: T): void {
    this.#requireFreeName(item);
    if (this.#stored.list().length >= this.#options.limit) {
      throw new KeystoneError(403, `The limit of ${this.#options.limit} ${this.kind}s is reached.`);
    }
    this.#stored.insert(tx, item);
  }

  /** Part of a plan. @throws KeystoneError 409 for a name that is used, 403 for an object of the file */
  update(tx: NbTransaction, item: T): void {
    this.requireStored(item.id, 'changed');
    this.#requireFreeName(item);
    this.#stored.update(tx, item);
  }

  /** Part of a plan. @throws KeystoneError 403 for an object of the configuration file */
  delete(tx: NbTransaction, id: string): void {
    this.requireStored(id, 'deleted');
    this.#stored.delete(tx, id);
  }

  /** @throws KeystoneError 403 for an object of the configuration file */
  requireStored(id: string, change: string): void {
    if (!this.isConfigured(id)) return;
    throw new KeystoneError(
      403,
      `The ${this.kind} ${id} is defined in the configuration file of embedded-neutron and cannot be ${change} over the API.`,
    );
  }

  #requireFreeName(item: T): void {
    const other = this.named(this.#options.uniqueKey(item));
    if (other === undefined || other.id === item.id) return;
    throw new KeystoneError(
      409,
      `Conflict occurred attempting to store ${this.kind} - Duplicate entry found with name ${item.name}.`,
    );
  }
}
