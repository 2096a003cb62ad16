import type { CallOptions } from '../call-options.ts';
import { OpenStackError } from '../errors.ts';
import type { Session } from '../identity/session.ts';
import type { ListQuery } from './collection-types.ts';
import { splitQuery, toQueryString } from './query.ts';

/** What to list: the URL's name of the collection, and its name in JSON. */
export interface Listing {
  readonly path: string;
  readonly key: string;
}

interface Page<T> {
  readonly items: readonly T[];
  /** Query of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * Walks a collection by its `next` links (Networking API v2.0, "Pagination"). Only the query of a link is used: behind a
 * proxy its host and scheme are often not those that the client can reach, and the token goes nowhere else.
 */
export async function* listPages<T>(
  session: Session,
  listing: Listing,
  query: ListQuery,
  options: CallOptions,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  for (const part of splitQuery(query)) yield* walk<T>(session, listing, toQueryString(part), seen, options);
}

/** What was seen before is left out. */
async function* walk<T>(
  session: Session,
  listing: Listing,
  query: string,
  seen: Set<string>,
  options: CallOptions,
): AsyncGenerator<T> {
  let markers: string[] = [];
  let next: string | undefined = query;
  while (next !== undefined) {
    const page: Page<T> = await readPageFrom(session, listing, next, markers, options);
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
 * The page's marker is the last resource of the page before; if it has been deleted since, Neutron answers 404. Then the
 * resource before it serves as well, and so on; when the whole page before is gone, the walk starts over and what was
 * seen is left out.
 */
async function readPageFrom<T>(
  session: Session,
  listing: Listing,
  query: string,
  markers: readonly string[],
  options: CallOptions,
): Promise<Page<T>> {
  const parameters = new URLSearchParams(query);
  const before = markers.slice(0, -1);
  for (;;) {
    try {
      return await readPage(session, listing, parameters.toString(), options);
    } catch (error) {
      const vanished =
        error instanceof OpenStackError && error.status === 404 && error.type !== '' && markers.length > 0;
      if (!vanished || !parameters.has('marker')) throw error;
      const marker = before.pop();
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
  const items = answer.member(listing.key) as readonly T[];
  return { items, next: items.length === 0 ? undefined : nextQuery(answer.json(), listing.key) };
}

function nextQuery(body: unknown, key: string): string | undefined {
  const links = (body as Record<string, unknown>)[`${key}_links`];
  if (!Array.isArray(links)) return undefined;
  const next = (links as readonly { rel: string; href: string }[]).find((link) => link.rel === 'next');
  return next === undefined ? undefined : next.href.slice(next.href.indexOf('?') + 1);
}

function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('id' in item)) return undefined;
  return typeof item.id === 'string' ? item.id : undefined;
}
