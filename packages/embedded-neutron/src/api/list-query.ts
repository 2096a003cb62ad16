import { neutronError } from '../errors.ts';
import type { Resource, Wire } from './resource.ts';

const TAG_FILTERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'];
const OPTIONS = ['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir', 'verbose'];

interface Page {
  readonly items: readonly Wire[];
  readonly links: readonly { readonly rel: string; readonly href: string }[];
}

/**
 * Applies the query of a list: filters, sort keys, page and fields (Networking API v2.0, "Filtering and
 * column selection", "Sorting", "Pagination").
 *
 * @param url the URL of the request, for links to the next and the previous page
 * @throws NeutronError HTTPBadRequest for an unknown filter or sort key, BadRequest for a bad limit,
 * …NotFound for the marker
 */
export function applyQuery(resource: Resource, all: readonly Wire[], url: URL): Page {
  const query = url.searchParams;
  const unknown = [...new Set(query.keys())].filter(
    (key) => !OPTIONS.includes(key) && !TAG_FILTERS.includes(key) && !resource.filters.includes(key),
  );
  if (unknown.length > 0) {
    throw neutronError('HTTPBadRequest', `${pythonList(unknown)} is invalid attribute for filtering`);
  }
  const filtered = all.filter((item) => matches(resource, item, query));
  const sorted = sort(resource, filtered, query);
  const page = pageOf(resource, sorted, query);
  const fields = query.getAll('fields').filter((field) => field !== '');
  const items = fields.length > 0 ? page.map((item) => choose(item, fields)) : page;
  return { items, links: pageLinks(page, url) };
}

/** Returns the named fields of an item. */
export function choose(item: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}

function matches(resource: Resource, item: Wire, query: URLSearchParams): boolean {
  const tags = (item['tags'] ?? []) as readonly string[];
  return [...new Set(query.keys())].every((key) => {
    if (OPTIONS.includes(key)) return true;
    const values = query.getAll(key);
    const listed = values.flatMap((value) => value.split(','));
    if (key === 'tags') return listed.every((tag) => tags.includes(tag));
    if (key === 'tags-any') return listed.some((tag) => tags.includes(tag));
    if (key === 'not-tags') return !listed.every((tag) => tags.includes(tag));
    if (key === 'not-tags-any') return !listed.some((tag) => tags.includes(tag));
    const matcher = resource.matchers?.[key];
    return matcher ? matcher(item, values) : values.some((value) => equals(item[key], value));
  });
}

function equals(actual: unknown, value: string): boolean {
  if (Array.isArray(actual)) return actual.includes(value);
  if (typeof actual === 'boolean') return actual === ['true', '1', 'yes'].includes(value.toLowerCase());
  if (actual === null || actual === undefined) return value === '' || value === 'None' || value === 'null';
  return String(actual) === value;
}

/** Sorts by the requested keys, then by id, so that pages never overlap. */
function sort(resource: Resource, items: readonly Wire[], query: URLSearchParams): readonly Wire[] {
  const keys = query.getAll('sort_key');
  const bad = keys.filter((key) => !resource.filters.includes(key));
  if (bad.length > 0)
    throw neutronError('HTTPBadRequest', `${pythonList(bad)} is invalid attribute for sort_keys`);
  const directions = query.getAll('sort_dir');
  const order = [...keys.map((key, index) => ({ key, sign: directions[index] === 'desc' ? -1 : 1 }))];
  if (!keys.includes('id')) order.push({ key: 'id', sign: 1 });
  return items.toSorted((a, b) => {
    for (const { key, sign } of order) {
      const difference = compare(a[key], b[key]);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function pageOf(resource: Resource, items: readonly Wire[], query: URLSearchParams): readonly Wire[] {
  const limit = limitOf(query);
  const reverse = isReverse(query);
  const marker = query.get('marker');
  let rest = items;
  if (marker !== null && limit !== undefined) {
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
  const first = page[0]?.['id'];
  const last = page.at(-1)?.['id'];
  if (limit === undefined || typeof first !== 'string' || typeof last !== 'string') return [];
  const full = page.length >= limit;
  const reverse = isReverse(url.searchParams);
  const link = (rel: string, marker: string, backwards: boolean) => {
    const target = new URL(url);
    target.searchParams.delete('page_reverse');
    target.searchParams.delete('marker');
    target.searchParams.set('marker', marker);
    if (backwards) target.searchParams.set('page_reverse', 'True');
    return { rel, href: target.href };
  };
  return [
    ...(full || reverse ? [link('next', last, false)] : []),
    ...(full || !reverse ? [link('previous', first, true)] : []),
  ];
}

/** A list of strings as Python prints it in Neutron's messages. */
function pythonList(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
