import type { ListQuery } from './collection-types.ts';

/**
 * Longest query in characters. Servers and proxies refuse a request line of more than 8 KB; some of them also
 * count the token, path and host.
 */
const LONGEST = 4000;

/** Parameters that are not filters: their values must stay together. */
const indivisible = /^(fields$|sort_)/;

/** Converts `{ status: ['ACTIVE', 'DOWN'], limit: 2 }` to `status=ACTIVE&status=DOWN&limit=2`. */
export function toQueryString(query: ListQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      parameters.append(name, String(item));
    }
  }
  return parameters.toString();
}

/**
 * Splits a query that is too long for one URL: each part has some of the values of its longest filter.
 * Together the parts match the same resources, because the values of a filter are alternatives.
 */
export function splitQuery(query: ListQuery): ListQuery[] {
  if (toQueryString(query).length <= LONGEST) return [query];
  const filters = Object.entries(query).filter(
    (entry): entry is [string, readonly string[]] =>
      Array.isArray(entry[1]) && entry[1].length > 1 && !indivisible.test(entry[0]),
  );
  const [longest] = filters.sort(([, a], [, b]) => b.length - a.length);
  if (longest === undefined) return [query];
  const [name, values] = longest;
  const half = Math.ceil(values.length / 2);
  return [values.slice(0, half), values.slice(half)].flatMap((part) =>
    splitQuery({ ...query, [name]: part }),
  );
}
