import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { neutronError } from '../errors.ts';
import { limits } from '../limits.ts';

/**
 * Refuses requests whose URL, headers or query are beyond the limits, before any other code reads them.
 *
 * @throws NeutronError RequestUrlTooLong, RequestHeadersTooLarge, RequestTooComplex
 */
export const limitRequest: MiddlewareHandler<{ Bindings: HttpBindings }> = (context, next) => {
  const { url = '', rawHeaders } = context.env.incoming;
  if (url.length > limits.url.most) throw neutronError('RequestUrlTooLong', limits.url.most);
  // Names and values alternate.
  if (rawHeaders.length / 2 > limits.headers.most) {
    throw neutronError('RequestHeadersTooLarge', `more than ${limits.headers.most} headers`);
  }
  if (url.includes('?')) requireSimpleQuery(new URL(context.req.url).searchParams);
  return next();
};

/** Keys of which each value costs more than a comparison. */
const FEWER: ReadonlyMap<string, number> = new Map([
  ['sort_key', limits.sortKeys.most],
  ['sort_dir', limits.sortKeys.most],
]);

/** @throws NeutronError RequestTooComplex */
function requireSimpleQuery(query: URLSearchParams): void {
  const counts = new Map<string, number>();
  for (const key of query.keys()) {
    const count = (counts.get(key) ?? 0) + 1;
    const most = FEWER.get(key) ?? limits.queryValues.most;
    if (count > most) {
      throw neutronError(
        'RequestTooComplex',
        `the query has more than ${most} values of '${shortened(key)}'`,
      );
    }
    counts.set(key, count);
    if (counts.size > limits.queryKeys.most) {
      throw neutronError(
        'RequestTooComplex',
        `the query has more than ${limits.queryKeys.most} different keys`,
      );
    }
  }
}

const shortened = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text);
