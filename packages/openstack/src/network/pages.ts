import type { CallOptions } from '../call-options.ts';
import { OpenStackError } from '../errors.ts';
import type { Session } from '../identity/session.ts';
import type { ListQuery } from './collection-types.ts';
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
  for (const part of splitQuery(query)) yield* walk<T>(session, listing, toQueryString(part), seen, options);
}

/** Yields the resources of one query that `seen` does not contain. */
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
 * Reads a page. Its marker is the last resource of the previous page; if that has been deleted, Neutron
 * answers 404, and the resource before it becomes the marker, and so on. If the whole previous page has been
 * deleted, the listing starts again without a marker, and {@link walk} skips the resources that it has
 * already yielded.
 */
async function readPageFrom<T>(
  session: Session,
  listing: Listing,
  query: string,
  markers: readonly string[],
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
