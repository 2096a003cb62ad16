import type { ListQuery } from './collection-types.ts';

/** Characters of a query. Servers and proxies refuse a request line beyond 8 KB; token, path and host of some are long, too. */
const LONGEST = 4000;

/** Not a filter: its values belong together. */
const indivisible = /^(fields$|sort_)/;

/** `{ status: ['ACTIVE', 'DOWN'], limit: 2 }` to `status=ACTIVE&status=DOWN&limit=2`. */
export function toQueryString(query: ListQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      parameters.append(name, String(one));
    }
  }
  return parameters.toString();
}

/**
 * One query as several where one URL would be too long: the values of its longest filter are divided among them. Together they
 * find the same, for the values of a filter are alternatives.
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
