import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import type { Resource, Wire } from './resource.ts';

const OPTIONS = ['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir', 'verbose'];

interface Page {
  readonly items: readonly Wire[];
  readonly links: readonly { readonly rel: string; readonly href: string }[];
}

/** The kind of resource that a list contains, and where it is stored. */
interface Listed {
  readonly resource: Resource;
  readonly backend: Backend;
}

/**
 * Applies the query of a list: filters, sort keys, page and fields (Networking API v2.0, "Filtering and
 * column selection", "Sorting", "Pagination").
 *
 * @param url the URL of the request, for links to the next and the previous page
 * @throws NeutronError HTTPBadRequest for an unknown filter or sort key, BadRequest for a bad limit,
 * …NotFound for the marker, and the errors of the filters
 */
export function applyQuery({ resource, backend }: Listed, all: readonly Wire[], url: URL): Page {
  const query = url.searchParams;
  const tests = filtersOf(resource, backend, query);
  const filtered = all.filter((item) => tests.every((test) => test(item)));
  const sorted = filtered.toSorted(order(resource, query));
  const page = pageOf(resource, sorted, query);
  const fields = query.getAll('fields');
  const items = fields.length > 0 ? page.map((item) => choose(item, fields)) : page;
  return { items, links: pageLinks(page, url) };
}

/** Returns the named fields of an item. */
export function choose(item: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}

/** The tests of the query's filters. As in Neutron, an empty value is no filter. */
function filtersOf(
  resource: Resource,
  backend: Backend,
  query: URLSearchParams,
): ((item: Wire) => boolean)[] {
  const names = [...new Set(query.keys())].filter((name) => !OPTIONS.includes(name));
  const unknown = names.filter((name) => !resource.filters.has(name));
  if (unknown.length > 0) {
    throw neutronError('HTTPBadRequest', `${pythonList(unknown)} is invalid attribute for filtering`);
  }
  return names.flatMap((name) => {
    const values = query.getAll(name).filter((value) => value !== '');
    return values.length > 0 ? (resource.filters.get(name)?.(values, name, backend) ?? []) : [];
  });
}

/** The order of the requested keys, then of the ids, so that pages never overlap. */
function order(resource: Resource, query: URLSearchParams): (a: Wire, b: Wire) => number {
  const [keys, directions] = (['sort_key', 'sort_dir'] as const).map((name) =>
    query.getAll(name).filter((value) => value !== ''),
  ) as [string[], string[]];
  const refuse = (reason: string) => neutronError('HTTPBadRequest', reason);
  if (keys.length !== directions.length) {
    throw refuse('The number of sort_keys and sort_dirs must be same');
  }
  const unknown = keys.filter((key) => !resource.sortKeys.includes(key));
  if (unknown.length > 0) throw refuse(`${pythonList(unknown)} is invalid attribute for sort_keys`);
  const invalid = directions.filter((direction) => direction !== 'asc' && direction !== 'desc');
  if (invalid.length > 0) {
    throw refuse(`${pythonList(invalid)} is invalid value for sort_dirs, valid value is 'asc' and 'desc'`);
  }
  const signs = keys.map((key, index) => ({ key, sign: directions[index] === 'desc' ? -1 : 1 }));
  return (a, b) => {
    for (const { key, sign } of [...signs, { key: 'id', sign: 1 }]) {
      const difference = compare(a[key], b[key]);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  };
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function pageOf(resource: Resource, items: readonly Wire[], query: URLSearchParams): readonly Wire[] {
  const limit = limitOf(query);
  const reverse = isReverse(query);
  const marker = query.get('marker') ?? '';
  let rest = items;
  if (marker !== '' && limit !== undefined) {
    const index = items.findIndex((item) => item['id'] === marker);
    if (index < 0) throw resource.notFound(marker);
    rest = reverse ? items.slice(0, index) : items.slice(index + 1);
  }
  if (limit === undefined) return rest;
  return reverse ? rest.slice(Math.max(0, rest.length - limit)) : rest.slice(0, limit);
}

/** The page size. Undefined if the query sets no limit or 0, which means no limit. */
function limitOf(query: URLSearchParams): number | undefined {
  const text = query.get('limit');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text) || undefined;
  throw neutronError('BadRequest', 'limit', `Limit must be an integer 0 or greater and not '${text}'`);
}

const isReverse = (query: URLSearchParams): boolean => query.get('page_reverse')?.toLowerCase() === 'true';

function pageLinks(page: readonly Wire[], url: URL): { rel: string; href: string }[] {
  const limit = limitOf(url.searchParams);
  if (limit === undefined) return [];
  const full = page.length >= limit;
  const reverse = isReverse(url.searchParams);
  // The link of an empty page has no marker: it leads to the last page, or to the first one.
  const link = (rel: string, edge: Wire | undefined, backwards: boolean) => {
    const target = new URL(url);
    target.searchParams.delete('page_reverse');
    target.searchParams.delete('marker');
    if (typeof edge?.['id'] === 'string') target.searchParams.set('marker', edge['id']);
    if (backwards) target.searchParams.set('page_reverse', 'True');
    return { rel, href: target.href };
  };
  return [
    ...(full || reverse ? [link('next', page.at(-1), false)] : []),
    ...(full || !reverse ? [link('previous', page[0], true)] : []),
  ];
}

/** A list of strings as Python prints it in Neutron's messages. */
function pythonList(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
