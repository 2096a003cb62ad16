import type { NbTables } from '@ovn-docker/ovsdb';
import { type ExternalRecord, perRow } from './external-ids.ts';
import type { NbRows, NbTransaction, Northbound } from './northbound.ts';
import { indexOn, present } from './row-index.ts';

/*
 * The objects of the identity service are rows of DNS to which no logical switch refers, so that OVN does
 * nothing with them: docs/decisions/identity-in-northbound.md.
 */

type Row = NbTables['DNS'];

/** The kind of object: `user`. */
const KIND = 'keystone:kind';
/** Kind and id: `user/9f…`. */
const ID = 'keystone:id';
/** Kind, and what only one object of the kind may have: `user/default/alice`. */
const UNIQUE = 'keystone:unique';
/** Kind, and the object that contains or owns this one: `user/default`. */
const OWNER = 'keystone:owner';

const indexes = {
  kind: indexOn('DNS', (row) => present(row.external_ids[KIND])),
  id: indexOn('DNS', (row) => present(row.external_ids[ID])),
  unique: indexOn('DNS', (row) => present(row.external_ids[UNIQUE])),
  owner: indexOn('DNS', (row) => present(row.external_ids[OWNER])),
};

/** The rows of the identity service. */
export const identityRows: NbRows = {
  columns: { DNS: ['records', 'external_ids'] },
  indexes: Object.values(indexes),
};

/** What an object is found by, besides its id. */
interface Keys {
  /** What only one object of this kind may have, such as `default/alice`. */
  readonly unique?: string;
  readonly owner?: string;
}

/** One kind of object, with a row for each. */
export class IdentityTable<T extends { readonly id: string }> {
  readonly #nb: Northbound;
  readonly #kind: string;
  readonly #attributes: ExternalRecord<Omit<T, 'id'>>;
  readonly #keysOf: (item: T) => Keys;
  readonly #parse: (row: Row) => T;

  constructor(
    nb: Northbound,
    kind: string,
    attributes: ExternalRecord<Omit<T, 'id'>>,
    keysOf: (item: T) => Keys,
  ) {
    this.#nb = nb;
    this.#kind = kind;
    this.#attributes = attributes;
    this.#keysOf = keysOf;
    this.#parse = perRow((row) => {
      const id = row.external_ids[ID]?.slice(kind.length + 1) ?? '';
      return { ...attributes.read(row.external_ids), id } as unknown as T;
    });
  }

  get(id: string): T | undefined {
    return this.#find('id', id)[0];
  }

  /** The object with this unique key. */
  named(unique: string): T | undefined {
    return this.#find('unique', unique)[0];
  }

  owned(owner: string): T[] {
    return this.#find('owner', owner);
  }

  list(): T[] {
    return this.#nb.view.find(indexes.kind, this.#kind).map(this.#parse);
  }

  /** Part of a plan. */
  insert(tx: NbTransaction, item: T): void {
    tx.insert('DNS', { external_ids: this.#write(item) });
  }

  /** Part of a plan. */
  update(tx: NbTransaction, item: T): void {
    const [row] = this.#rows('id', item.id);
    if (row) tx.update('DNS', row._uuid, { external_ids: this.#write(item) });
  }

  /** Part of a plan. */
  delete(tx: NbTransaction, id: string): void {
    for (const row of this.#rows('id', id)) tx.delete('DNS', row._uuid);
  }

  #write(item: T): Record<string, string> {
    const { unique, owner } = this.#keysOf(item);
    return {
      ...this.#attributes.write(item),
      [KIND]: this.#kind,
      [ID]: `${this.#kind}/${item.id}`,
      ...(unique !== undefined && { [UNIQUE]: `${this.#kind}/${unique}` }),
      ...(owner !== undefined && { [OWNER]: `${this.#kind}/${owner}` }),
    };
  }

  #find(index: keyof typeof indexes, value: string): T[] {
    return this.#rows(index, value).map(this.#parse);
  }

  #rows(index: keyof typeof indexes, value: string): Row[] {
    return this.#nb.view.find(indexes[index], `${this.#kind}/${value}`);
  }
}

/**
 * A map of strings for each user, in one row, so that one pair can be changed without the others. Each change
 * claims the user's map, so a shared plan may rely on what it reads of the maps that it changes.
 */
export class UserPairs {
  readonly #nb: Northbound;
  readonly #kind: string;

  constructor(nb: Northbound, kind: string) {
    this.#nb = nb;
    this.#kind = kind;
  }

  /** The user's pairs. A map, because keys may come from outside. The same object until the row changes. */
  get(userId: string): ReadonlyMap<string, string> {
    const row = this.#row(userId);
    return row ? pairsOf(row) : NONE;
  }

  /** The ids of the users that have pairs, with their pairs. */
  list(): (readonly [userId: string, pairs: ReadonlyMap<string, string>])[] {
    return this.#nb.view
      .find(indexes.kind, this.#kind)
      .map((row) => [row.external_ids[ID]?.slice(this.#kind.length + 1) ?? '', pairsOf(row)] as const);
  }

  /** Sets pairs of a user; undefined deletes a key. Part of a plan, at most once for each user. */
  set(tx: NbTransaction, userId: string, pairs: ReadonlyMap<string, string | undefined>): void {
    tx.claim(this.#kind, userId);
    const keys = [...pairs.keys()];
    const present = [...pairs].filter((pair): pair is [string, string] => pair[1] !== undefined);
    const records = Object.fromEntries(present);
    const row = this.#row(userId);
    if (row) {
      tx.mutate('DNS', row._uuid, { delete: { records: keys }, insert: { records } });
    } else if (present.length > 0) {
      tx.insert('DNS', {
        external_ids: { [KIND]: this.#kind, [ID]: `${this.#kind}/${userId}` },
        records,
      });
    }
  }

  /** Part of a plan. */
  delete(tx: NbTransaction, userId: string): void {
    tx.claim(this.#kind, userId);
    const row = this.#row(userId);
    if (row) tx.delete('DNS', row._uuid);
  }

  #row(userId: string): Row | undefined {
    return this.#nb.view.find(indexes.id, `${this.#kind}/${userId}`)[0];
  }
}

const NONE: ReadonlyMap<string, string> = new Map();
const pairsOf = perRow((row: Row): ReadonlyMap<string, string> => new Map(Object.entries(row.records)));
