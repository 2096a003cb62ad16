import type { CallOptions } from '../call-options.ts';
import { OpenStackError } from '../errors.ts';
import type { ServiceAnswer } from '../http/answers.ts';
import type { Session } from '../identity/session.ts';
import type { ListQuery } from './collection-types.ts';
import { ListBudget } from './list-budget.ts';
import { splitQuery, toQueryString } from './query.ts';

/** Names of a collection. */
export interface Listing {
  /** In URLs: `security-groups`. */
  readonly path: string;
  /** In JSON: `security_groups`. */
  readonly key: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly answer: ServiceAnswer;
  /** Query of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * Reads a collection page by page along its `next` links (Networking API v2.0, "Pagination"). Only the query
 * of a link is used: behind a proxy the client often cannot reach the link's host, and the token must not be
 * sent to another host.
 */
export async function* listPages<T>(
  session: Session,
  listing: Listing,
  query: ListQuery,
  options: CallOptions,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  const budget = new ListBudget(session.limits);
  const { pageSize } = session.limits;
  const paged = pageSize === undefined ? query : { limit: pageSize, ...query };
  for (const part of splitQuery(paged)) {
    yield* walk<T>(session, listing, toQueryString(part), { seen, budget }, options);
  }
}

/** Yields the resources of one query that `seen` does not contain. */
async function* walk<T>(
  session: Session,
  listing: Listing,
  query: string,
  { seen, budget }: { readonly seen: Set<string>; readonly budget: ListBudget },
  options: CallOptions,
): AsyncGenerator<T> {
  let markers: string[] = [];
  let next: string | undefined = query;
  while (next !== undefined) {
    const started = performance.now();
    const page: Page<T> = await readPageFrom(session, listing, next, { markers, budget }, options);
    budget.spend({ query: next, ...page, elapsedMs: performance.now() - started });
    const ids = page.items.map(idOf).filter((id) => id !== undefined);
    for (const item of page.items) {
      const id = idOf(item);
      if (id !== undefined && seen.has(id)) continue;
      if (id !== undefined) seen.add(id);
      yield item;
    }
    if (ids.length > 0) markers = ids;
    next = page.next;
  }
}

/**
 * Reads a page. Its marker is the last resource of the previous page; if that has been deleted, Neutron
 * answers 404, and the resource before it becomes the marker, and so on. If the whole previous page has been
 * deleted, the listing starts again without a marker, and {@link walk} skips the resources that it has
 * already yielded.
 */
async function readPageFrom<T>(
  session: Session,
  listing: Listing,
  query: string,
  { markers, budget }: { readonly markers: readonly string[]; readonly budget: ListBudget },
  options: CallOptions,
): Promise<Page<T>> {
  const parameters = new URLSearchParams(query);
  const earlier = markers.slice(0, -1);
  for (;;) {
    try {
      return await readPage(session, listing, parameters.toString(), options);
    } catch (error) {
      const isMarkerDeleted =
        error instanceof OpenStackError && error.status === 404 && error.type !== '' && markers.length > 0;
      if (!isMarkerDeleted || !parameters.has('marker')) throw error;
      const marker = earlier.pop();
      if (marker === undefined) budget.restart();
      if (marker === undefined) parameters.delete('marker');
      else parameters.set('marker', marker);
    }
  }
}

async function readPage<T>(
  session: Session,
  listing: Listing,
  query: string,
  options: CallOptions,
): Promise<Page<T>> {
  const answer = await session.request({
    method: 'GET',
    service: 'network',
    path: `/v2.0/${listing.path}`,
    query,
    ...options,
  });
  const items = answer.member(listing.key);
  if (!Array.isArray(items)) throw answer.unexpected(`'${listing.key}' is no list`);
  return { items, answer, next: items.length === 0 ? undefined : nextQuery(answer, listing.key) };
}

function nextQuery(answer: ServiceAnswer, key: string): string | undefined {
  const links = (answer.json() as Record<string, unknown>)[`${key}_links`];
  if (!Array.isArray(links)) return undefined;
  const next = (links as readonly ({ rel?: unknown; href?: unknown } | null)[]).find(
    (link) => link?.rel === 'next',
  );
  if (next === undefined) return undefined;
  if (typeof next?.href !== 'string') throw answer.unexpected(`'${key}_links' has a link without a URL`);
  return next.href.slice(next.href.indexOf('?') + 1);
}

function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('id' in item)) return undefined;
  return typeof item.id === 'string' ? item.id : undefined;
}
