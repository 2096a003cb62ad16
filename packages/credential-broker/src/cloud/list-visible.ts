import { Hidden } from '../errors.ts';
import type { ReadQuery } from '../policy/read-query.ts';
import { type Answer, errorBody, isNotFound, type NeutronApi, NeutronFailure } from './neutron-api.ts';

/** A resource in Neutron's JSON. */
export type Item = Readonly<Record<string, unknown>> & { readonly id: string };

/** One of the lists that together contain everything that a VM may see. */
export interface Source {
  /** Narrows the VM's filters; undefined if nothing can match. */
  narrow(filters: URLSearchParams): URLSearchParams | undefined;
  /** Whether a visible item is in this list. */
  contains(item: Item): boolean;
}

/** What a VM may see of one kind of resource. */
export interface View {
  /** In URLs: `security-groups`. */
  readonly path: string;
  /** In JSON: `security_groups`. */
  readonly key: string;
  readonly kind: ConstructorParameters<typeof Hidden>[0];
  readonly sources: readonly Source[];
  /** Attributes that `visibleAmong` and `contains` read. */
  readonly needs: readonly string[];
  visibleAmong(items: readonly Item[]): Promise<readonly Item[]> | readonly Item[];
}

/** Fewer items in a request to Neutron would cost more requests when most items are hidden. */
const SMALLEST_PAGE = 100;
/** Most requests to Neutron for one request of a VM. */
const MOST_PAGES = 200;

/**
 * Lists what a VM may see, with pages as Neutron has them. The marker of a page is always an item that the VM
 * has seen: hidden items appear neither in an answer nor in a link, and a page with a `next` link is never
 * empty, which clients take for the last one.
 *
 * @param url of the list for the VM, without a query
 * @throws NeutronFailure, Hidden
 */
export async function listVisible(
  api: NeutronApi,
  view: View,
  query: ReadQuery,
  url: string,
): Promise<Answer> {
  const { limit, marker } = query;
  const found: Item[] = [];
  let headers: Answer['headers'] = {};
  let after = marker;
  let pages = 0;
  const first = marker === undefined ? 0 : await sourceOfMarker(api, view, marker);
  for (const source of view.sources.slice(first)) {
    const filters = source.narrow(query.filters);
    while (filters !== undefined && (limit === undefined || found.length < limit)) {
      if (++pages > MOST_PAGES) throw tooManyPages();
      const answer = await api.send({
        method: 'GET',
        path: `/${view.path}`,
        query: upstreamQuery(filters, query, view.needs, after),
      });
      headers = answer.headers;
      const items = itemsOf(answer, view.key);
      const visible = await view.visibleAmong(items);
      found.push(...visible.filter((item) => source.contains(item)));
      after = hasNext(answer, view.key) ? items.at(-1)?.id : undefined;
      if (after === undefined) break;
    }
    if (limit !== undefined && found.length >= limit) break;
    after = undefined;
  }
  const page = limit === undefined ? found : found.slice(0, limit);
  const last = limit !== undefined && page.length === limit ? page.at(-1) : undefined;
  const links = last === undefined ? {} : { [`${view.key}_links`]: [nextLink(url, query, last.id)] };
  return {
    status: 200,
    headers,
    body: { [view.key]: page.map((item) => shown(item, query.fields)), ...links },
  };
}

/**
 * Fetches one resource that the VM may see. The answer for one that it may not see is the answer for one that
 * does not exist, header by header: the VM must not learn whether an id exists.
 *
 * @throws Hidden, NeutronFailure
 */
export async function getVisible(api: NeutronApi, view: View, id: string, single: string): Promise<Item> {
  const item = await get(api, `/${view.path}/${encodeURIComponent(id)}`, single);
  const [visible] = item === undefined ? [] : await view.visibleAmong([item]);
  if (visible === undefined) throw new Hidden(view.kind, id);
  return visible;
}

/** A resource of Neutron; undefined if there is none. @throws NeutronFailure */
async function get(api: NeutronApi, path: string, single: string): Promise<Item | undefined> {
  try {
    const { body } = await api.send({ method: 'GET', path });
    return (body as Record<string, Item | undefined>)[single];
  } catch (error) {
    if (error instanceof NeutronFailure && isNotFound(error)) return undefined;
    throw error;
  }
}

/** Attributes that no VM sees, even if the broker's credential is an admin's. */
const HIDDEN_ATTRIBUTE = /^(binding:(host_id|vif_type|vif_details)|provider:.*|segments)$/;

/** An item as a VM sees it: the attributes that it asked for, without those about the hypervisors. */
export function shown(item: Item, fields: readonly string[] | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(item).filter(
      ([name]) => !HIDDEN_ATTRIBUTE.test(name) && (fields === undefined || fields.includes(name)),
    ),
  );
}

/**
 * The filters with an additional one; undefined if the VM's own values exclude all allowed ones. Neutron
 * takes the values of a filter as alternatives.
 */
export function narrowTo(
  filters: URLSearchParams,
  name: string,
  allowed: readonly string[],
): URLSearchParams | undefined {
  const given = filters.getAll(name);
  const values = given.length === 0 ? allowed : allowed.filter((value) => given.includes(value));
  if (values.length === 0) return undefined;
  const narrowed = new URLSearchParams(filters);
  narrowed.delete(name);
  for (const value of values) narrowed.append(name, value);
  return narrowed;
}

/** Splits ids so that each request's URL stays short. */
export function inChunks(ids: readonly string[], size = 80): string[][] {
  const chunks: string[][] = [];
  for (let at = 0; at < ids.length; at += size) chunks.push(ids.slice(at, at + size));
  return chunks;
}

/** The filter for these ids. */
export function idsOf(ids: readonly string[]): [string, string][] {
  return ids.map((id) => ['id', id]);
}

/** The items of a list's answer. @throws NeutronFailure if there is no list */
export function itemsOf({ body }: Answer, key: string): readonly Item[] {
  const items = (body as Record<string, unknown> | undefined)?.[key];
  if (Array.isArray(items)) return items as Item[];
  throw new NeutronFailure(
    { status: 502, headers: {}, body: errorBody('ServiceUnavailable', `Neutron's answer has no "${key}"`) },
    new Error(`no "${key}" in Neutron's answer`),
  );
}

async function sourceOfMarker(api: NeutronApi, view: View, marker: string): Promise<number> {
  // Where the only source narrows by itself, Neutron still accepts any marker: the VM must not learn of it.
  const single = view.key.replace(/s$/, '');
  const item = await getVisible(api, view, marker, single);
  const index = view.sources.findIndex((source) => source.contains(item));
  if (index < 0) throw new Hidden(view.kind, marker);
  return index;
}

function upstreamQuery(
  filters: URLSearchParams,
  { fields, limit }: ReadQuery,
  needs: readonly string[],
  after: string | undefined,
): URLSearchParams {
  const query = new URLSearchParams(filters);
  for (const field of fields === undefined ? [] : new Set([...fields, 'id', ...needs]))
    query.append('fields', field);
  if (limit !== undefined) query.set('limit', String(Math.max(limit, SMALLEST_PAGE)));
  if (after !== undefined) query.set('marker', after);
  return query;
}

function hasNext({ body }: Answer, key: string): boolean {
  const links = (body as Record<string, unknown>)[`${key}_links`];
  return (
    Array.isArray(links) && links.some((link: { readonly rel?: unknown } | null) => link?.rel === 'next')
  );
}

function nextLink(url: string, { filters, fields = [], limit }: ReadQuery, marker: string): unknown {
  const query = new URLSearchParams(filters);
  for (const field of fields) query.append('fields', field);
  query.set('limit', String(limit));
  query.set('marker', marker);
  return { rel: 'next', href: `${url}?${query}` };
}

function tooManyPages(): NeutronFailure {
  const message = `the list needs more than ${MOST_PAGES} requests to Neutron`;
  return new NeutronFailure(
    { status: 502, headers: {}, body: errorBody('ServiceUnavailable', message) },
    new Error(message),
  );
}
