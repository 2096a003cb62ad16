import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { limits } from '../../limits.ts';

/** An item of a list, as clients see it. */
type Item = Readonly<Record<string, unknown>>;

/** Each condition is compared with each item. */
const MAX_CONDITIONS = 20;
/** Words for false; every other value of a boolean filter means true, as in Keystone. */
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/**
 * Answers with a list as Keystone does: filters with the comparators `__contains`, `__startswith` and
 * `__endswith`, each also with `i` for "ignore case", and links. Unknown filters are ignored. With `limit`
 * and `marker`, as in later releases of Keystone, it answers one page, sorted by id.
 *
 * @param filters the attributes by which the list can be filtered
 * @throws KeystoneError 400 for a wrong limit or an unknown marker
 */
export function answerList(
  context: Context,
  url: string,
  name: string,
  items: readonly Item[],
  filters: readonly string[],
): Response {
  const query = new URL(context.req.url).searchParams;
  const conditions = [...query].filter(([key]) => filters.includes(key.split('__', 1)[0] ?? ''));
  if (conditions.length > MAX_CONDITIONS) throw new KeystoneError(400, 'The query has too many filters.');
  const selected = items.filter((item) => conditions.every(([key, value]) => matches(item, key, value)));
  const { page, next } = pageOf(selected, query);
  const isAsked = query.has('limit');
  const self = `${url}${context.req.path}`;
  const asked = query.size > 0 ? `?${query}` : '';
  if (next !== undefined) query.set('marker', next);
  return context.json({
    [name]: page,
    // As in Keystone, for a list that is shorter than the client expects.
    ...(next !== undefined && !isAsked && { truncated: true }),
    links: { next: next === undefined ? null : `${self}?${query}`, self: self + asked, previous: null },
  });
}

function matches(item: Item, key: string, value: string): boolean {
  const [attribute = '', comparator = 'equals'] = key.split('__', 2);
  const actual = Object.hasOwn(item, attribute) ? item[attribute] : undefined;
  if (typeof actual === 'boolean') return actual === !FALSE.has(value.toLowerCase());
  if (comparator === 'equals') return (actual ?? '') === value;
  if (typeof actual !== 'string') return false;
  const ignoreCase = comparator.startsWith('i');
  const [text, wanted] = ignoreCase ? [actual.toLowerCase(), value.toLowerCase()] : [actual, value];
  const how = ignoreCase ? comparator.slice(1) : comparator;
  if (how === 'contains') return text.includes(wanted);
  if (how === 'startswith') return text.startsWith(wanted);
  return how !== 'endswith' || text.endsWith(wanted);
}

function pageOf(items: readonly Item[], query: URLSearchParams): { page: readonly Item[]; next?: string } {
  const limit = query.get('limit');
  const marker = query.get('marker');
  const { most } = limits.identityPage;
  if (limit === null && marker === null && items.length <= most) return { page: items };
  if (limit !== null && !/^[1-9]\d{0,8}$/.test(limit)) {
    throw new KeystoneError(400, "Invalid input for field 'limit': expected a positive number");
  }
  const sorted = items.toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
  const after = marker === null ? sorted : sorted.filter(({ id }) => String(id) > marker);
  const page = after.slice(0, Math.min(Number(limit ?? most), most));
  const last = page.at(-1);
  return last && page.length < after.length ? { page, next: String(last['id']) } : { page };
}
