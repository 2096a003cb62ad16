import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { NbTable, RowIndex } from '../northbound/row-index.ts';
import { mapInSlices, pause } from '../northbound/slices.ts';
import { lowerBound } from '../northbound/sorted-keys.ts';
import type { Caller } from '../policy/caller.ts';
import type { Resource, Wire } from './resource.ts';
import { sortInSlices } from './sort-in-slices.ts';

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
 * The items of a list request: filters, sort keys, page and fields (Networking API v2.0, "Filtering and
 * column selection", "Sorting", "Pagination"). Looks only at items that an index finds, and only until the
 * page is full, and gives other requests turns of the event loop meanwhile.
 *
 * @param url the URL of the request, for links to the next and the previous page
 * @throws NeutronError HTTPBadRequest for an unknown filter or sort key, BadRequest for a bad limit,
 * …NotFound for the marker, and the errors of the filters
 */
export async function listPage(listed: Listed, caller: Caller, url: URL): Promise<Page> {
  const { resource, backend } = listed;
  // Of several faults, Neutron's core reports one of the filters, of the limit, of the order, and its
  // extensions one of the order before one of the limit.
  const tests = filtersOf(resource, backend, url.searchParams);
  if (resource.byExtension) order(resource, url.searchParams);
  const asked = limitOf(url.searchParams);
  const limit = Math.min(asked ?? limits.page.most, limits.page.most);
  const bounded = withLimit(url, asked, limit);
  const query = bounded.searchParams;
  const inOrder = order(resource, query);
  await resource.beforeList?.(backend, caller);
  const ids = candidates(resource, backend, query);
  const matching = (item: Wire | undefined) => (item && tests.every((test) => test(item)) ? item : undefined);
  const look: Look = (id) => {
    const item = resource.look(backend, caller, id);
    return item instanceof Promise ? item.then(matching) : matching(item);
  };
  const keys = query.getAll('sort_key').filter((key) => key !== '');
  const page =
    keys.length === 0
      ? await pageById(resource, ids, look, query, limit)
      : await mapInSlices(
          pageOf(resource, await sortedBy(keys, ids, look, inOrder), query, limit),
          ({ id }) => look(String(id)),
        );
  const fields = query.getAll('fields');
  const items = fields.length > 0 ? await mapInSlices(page, (item) => choose(item, fields)) : page;
  const links = pageLinks(page, bounded, limit);
  if (asked !== undefined) return { items, links };
  // Without a limit in the request, only a list that is too long has a link.
  return { items, links: page.length < limit ? [] : links.filter(({ rel }) => rel === 'next') };
}

/**
 * The URL of a list with the limit of its pages. As in Neutron, marker and direction have no effect without
 * a limit in the request.
 */
function withLimit(url: URL, asked: number | undefined, limit: number): URL {
  const bounded = new URL(url);
  if (asked === undefined) {
    for (const name of ['marker', 'page_reverse']) bounded.searchParams.delete(name);
  }
  if (asked !== limit) bounded.searchParams.set('limit', String(limit));
  return bounded;
}

/** Returns the item with an id, if it matches the query. */
type Look = (id: string) => Wire | undefined | Promise<Wire | undefined>;

/** The items in order, of which only the id and the sort keys are kept: there may be many for one page. */
async function sortedBy(
  keys: readonly string[],
  ids: readonly string[],
  look: Look,
  inOrder: (a: Wire, b: Wire) => number,
): Promise<readonly Wire[]> {
  const keysOf = (item: Wire | undefined): Wire | undefined =>
    item && Object.fromEntries(['id', ...keys].map((key) => [key, item[key]]));
  const items = await mapInSlices(ids, (id) => {
    const item = look(id);
    return item instanceof Promise ? item.then(keysOf) : keysOf(item);
  });
  return sortInSlices(items, inOrder);
}

/** If an index finds this many ids or more, the list looks at all items, whose ids are sorted already. */
const MANY = 4096;

/** The ids of the items that can match the query, sorted: of the index that finds the fewest, or else all. */
function candidates(resource: Resource, { nb }: Backend, query: URLSearchParams): readonly string[] {
  const places = [...resource.indexes].flatMap(([name, placeOf]) => {
    const values = query.getAll(name).filter((value) => value !== '');
    const place = values.length > 0 ? placeOf(values) : undefined;
    if (!place) return [];
    const { index, keys } = place;
    return [{ index, keys, count: keys.reduce((sum, key) => sum + nb.view.count(index, key), 0) }];
  });
  const [best] = places.sort((a, b) => a.count - b.count);
  if (!best || best.count >= MANY) return nb.sortedKeys(resource.byId);
  const rows = best.keys.flatMap((key) => nb.view.find(best.index as RowIndex<NbTable>, key));
  return [...new Set(rows.flatMap((row) => resource.byId.keysOf(row as never)))].sort();
}

/** A page of a list that is sorted by id: looks at items only until the page is full. */
async function pageById(
  resource: Resource,
  ids: readonly string[],
  look: Look,
  query: URLSearchParams,
  limit: number,
): Promise<readonly Wire[]> {
  const reverse = isReverse(query);
  const marker = query.get('marker') ?? '';
  if (marker !== '' && (await look(marker)) === undefined) throw resource.notFound(marker);
  const step = reverse ? -1 : 1;
  let index = marker === '' ? (reverse ? ids.length : -1) : lowerBound(ids, marker);
  const page: Wire[] = [];
  for (index += step; index >= 0 && index < ids.length && page.length < limit; index += step) {
    const looked = look(ids[index] as string);
    const item = looked instanceof Promise ? await looked : looked;
    if (item !== undefined) page.push(item);
    await pause();
  }
  return reverse ? page.reverse() : page;
}

/** Returns the named fields of an item. */
export function choose(item: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}

/**
 * The tests of the query's filters. As in Neutron, an empty value is no filter, and a wrong value is reported
 * before an unknown filter.
 */
function filtersOf(
  resource: Resource,
  backend: Backend,
  query: URLSearchParams,
): ((item: Wire) => boolean)[] {
  const names = [...new Set(query.keys())].filter((name) => !OPTIONS.includes(name));
  const tests = names.flatMap((name) => {
    const values = query.getAll(name).filter((value) => value !== '');
    return values.length > 0 ? (resource.filters.get(name)?.(values, name, backend) ?? []) : [];
  });
  const unknown = names.filter((name) => !resource.filters.has(name));
  if (unknown.length === 0) return tests;
  throw neutronError('HTTPBadRequest', `${pythonList(unknown)} is invalid attribute for filtering`);
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

/** A page of items that are sorted. */
function pageOf(
  resource: Resource,
  items: readonly Wire[],
  query: URLSearchParams,
  limit: number,
): readonly Wire[] {
  const reverse = isReverse(query);
  const marker = query.get('marker') ?? '';
  let rest = items;
  if (marker !== '') {
    const index = items.findIndex((item) => item['id'] === marker);
    if (index < 0) throw resource.notFound(marker);
    rest = reverse ? items.slice(0, index) : items.slice(index + 1);
  }
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

function pageLinks(page: readonly Wire[], url: URL, limit: number): { rel: string; href: string }[] {
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
