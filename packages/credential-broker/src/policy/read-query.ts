import { Refusal } from '../errors.ts';

/** A list's query, taken apart. */
export interface ReadQuery {
  /** Everything that is no option: filters, which Neutron combines with AND. */
  readonly filters: URLSearchParams;
  /** Attributes that the answer shall have; undefined for all. */
  readonly fields: readonly string[] | undefined;
  /** Items of a page; undefined for no limit. */
  readonly limit: number | undefined;
  readonly marker: string | undefined;
}

const options: ReadonlySet<string> = new Set(['fields', 'limit', 'marker']);

/** An id, name or number in a path or body, without characters that have a meaning in a URL. */
export const ID = /^[0-9a-zA-Z-]{1,64}$/;

/**
 * Takes a query apart. Neutron's other options, such as sort keys, could show the order of hidden resources.
 *
 * @param filters the filters that the broker passes on
 * @throws Refusal `query`
 */
export function readQuery(query: URLSearchParams, filters: readonly string[]): ReadQuery {
  const passed = new URLSearchParams();
  for (const [name, value] of query) {
    if (options.has(name)) continue;
    if (!filters.includes(name)) throw new Refusal('query', `the parameter "${name}" is not allowed`);
    passed.append(name, value);
  }
  const fields = query.getAll('fields');
  const marker = query.get('marker') ?? undefined;
  if (marker !== undefined && !ID.test(marker)) throw new Refusal('query', 'the marker is no id');
  return { filters: passed, fields: fields.length === 0 ? undefined : fields, limit: limitOf(query), marker };
}

/** Zero means no limit, as in Neutron. */
function limitOf(query: URLSearchParams): number | undefined {
  const text = query.get('limit');
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Refusal('query', 'the limit is no number');
  return Number(text) || undefined;
}
