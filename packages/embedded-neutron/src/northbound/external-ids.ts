/**
 * Attributes for which OVN has no column are stored in `external_ids` of the resource's row, with one key per
 * attribute, so that `ovn-nbctl find` can match them. A record defines the key and the text form of each
 * attribute.
 */

import type { IpVersion } from '../addresses/addresses.ts';

/** The `external_ids` column of a row. */
export type ExternalIds = Readonly<Record<string, string>>;

interface Codec<T> {
  readonly read: (text: string | undefined) => T;
  /** If this returns undefined, the key is not stored. */
  readonly write: (value: T) => string | undefined;
}

interface Field<T> extends Codec<T> {
  readonly key: string;
}

/** A string; '' if the key is absent. */
export const text = (key: string): Field<string> => ({
  key,
  read: (value) => value ?? '',
  write: (value) => value,
});

/** One of a few words, which only this service writes; `absent` if the key is absent. */
export const word = <T extends string>(key: string, absent: T): Field<T> => ({
  key,
  read: (value) => (value as T | undefined) ?? absent,
  write: (value) => value,
});

/** A string, or null if the key is absent. */
export const optionalText = (key: string): Field<string | null> => ({
  key,
  read: (value) => value ?? null,
  write: (value) => value ?? undefined,
});

/** A number; `absent` if the key is absent. */
export const number = (key: string, absent = 0): Field<number> => ({
  key,
  read: (value) => (value === undefined ? absent : Number(value)),
  write: String,
});

/** An IP version; 4 if the key is absent. */
export const ipVersion = (key: string): Field<IpVersion> => ({
  key,
  read: (value) => (value === '6' ? 6 : 4),
  write: String,
});

/** A number, or null if the key is absent. */
export const optionalNumber = (key: string): Field<number | null> => ({
  key,
  read: (value) => (value === undefined ? null : Number(value)),
  write: (value) => (value === null ? undefined : String(value)),
});

/** A boolean; `absent` if the key is absent. */
export const flag = (key: string, absent: boolean): Field<boolean> => ({
  key,
  read: (value) => (value === undefined ? absent : value === 'true'),
  write: String,
});

/** Any JSON value; `absent` if the key is absent. */
export const json = <T>(key: string, absent: T): Field<T> => ({
  key,
  read: (value) => (value === undefined ? absent : (JSON.parse(value) as T)),
  write: (value) => JSON.stringify(value),
});

/** Reads and writes the attributes of one kind of resource. */
export interface ExternalRecord<V> {
  read(ids: ExternalIds): V;
  /** The new column: the record's keys from the values, all other keys as in `before`. */
  write(values: V, before?: ExternalIds): Record<string, string>;
}

/**
 * Makes a record from its fields.
 *
 * @example
 * const attributes = record({ name: text('neutron:name'), mtu: number('neutron:mtu') });
 * attributes.write({ name: 'web', mtu: 1442 }); // { 'neutron:name': 'web', 'neutron:mtu': '1442' }
 */
export function record<V extends object>(
  fields: { readonly [K in keyof V]: Field<V[K]> },
): ExternalRecord<V> {
  const names = Object.keys(fields) as (keyof V)[];
  return {
    read: (ids) =>
      Object.fromEntries(names.map((name) => [name, fields[name].read(ids[fields[name].key])])) as V,
    write: (values, before = {}) => {
      const ids: Record<string, string> = { ...before };
      for (const name of names) {
        const { key, write } = fields[name];
        const value = write(values[name]);
        if (value === undefined) delete ids[key];
        else ids[key] = value;
      }
      return ids;
    },
  };
}

/** The attributes that every Neutron resource has ("standard attributes"). */
export const standardFields = {
  project_id: text('neutron:project_id'),
  description: text('neutron:description'),
  tags: json<readonly string[]>('neutron:tags', []),
  created_at: text('neutron:created_at'),
  updated_at: text('neutron:updated_at'),
  revision_number: number('neutron:revision_number'),
};

/** The attributes of {@link standardFields}, and the id. Times are ISO 8601 to the second, UTC. */
export interface Standard {
  readonly id: string;
  readonly project_id: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly created_at: string;
  readonly updated_at: string;
  readonly revision_number: number;
}

/** The times and the revision of a resource that is created now. */
export function standardNow(revision: number) {
  const now = timestamp();
  return { created_at: now, updated_at: now, revision_number: revision };
}

/** The attributes that every update changes. */
export function touched(before: Standard) {
  return { updated_at: timestamp(), revision_number: before.revision_number + 1 };
}

function timestamp(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/**
 * Caches the result of `parse` for each row object. A row object never changes: a changed row is a new
 * object.
 */
export function perRow<R extends object, T>(parse: (row: R) => T): (row: R) => T {
  const cache = new WeakMap<R, T>();
  return (row) => {
    const cached = cache.get(row);
    if (cached !== undefined) return cached;
    const parsed = parse(row);
    cache.set(row, parsed);
    return parsed;
  };
}
