import { beforeEach, expect, test } from 'vitest';
import { OpenStackError } from '../errors.ts';
import { TokenCache } from './token-cache.ts';
import type { FreshToken } from './tokens.ts';
import type { IssuedToken } from './types.ts';

let now = 0;
let fetches: PromiseWithResolvers<FreshToken>[] = [];
let cache: TokenCache;

beforeEach(() => {
  now = 0;
  fetches = [];
  cache = new TokenCache(
    () => {
      const fetch = Promise.withResolvers<FreshToken>();
      fetches.push(fetch);
      return fetch.promise;
    },
    () => now,
  );
});

/** Resolves the fetch with this number (from 0) with a token that lasts an hour. */
function resolveFetch(number: number, id: string): void {
  const token = { id } as IssuedToken;
  fetches[number]?.resolve({ token, remainingMs: 3_600_000 });
}

async function cacheWith(id: string): Promise<void> {
  const first = cache.get();
  resolveFetch(0, id);
  await first;
}

test('one fetch serves all waiting calls', async () => {
  const waiting = [cache.get(), cache.get(), cache.get()];
  resolveFetch(0, 'a');
  expect((await Promise.all(waiting)).map(({ id }) => id)).toEqual(['a', 'a', 'a']);
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(1);
});

test('renews before the expiry while calls use the old token', async () => {
  await cacheWith('a');
  now = 3_600_000 - 300_000 - 1;
  await cache.get();
  expect(fetches).toHaveLength(1);
  now += 1;
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(2);
  resolveFetch(1, 'b');
  await fetches[1]?.promise;
  await new Promise(setImmediate);
  expect((await cache.get()).id).toBe('b');
});

test('calls wait for the new token shortly before the expiry', async () => {
  await cacheWith('a');
  now = 3_600_000 - 30_000;
  const waiting = cache.get();
  resolveFetch(1, 'b');
  expect((await waiting).id).toBe('b');
});

test('a failed early renewal rejects no call and is not repeated with every call', async () => {
  await cacheWith('a');
  now = 3_600_000 - 230_000;
  expect((await cache.get()).id).toBe('a');
  fetches[1]?.reject(new Error('Keystone is down'));
  await new Promise(setImmediate);
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(2);
  now += 100_000;
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(3);
});

test('a failure rejects all waiting calls, and the next call tries again', async () => {
  const waiting = [cache.get(), cache.get()];
  fetches[0]?.reject(new Error('Keystone is down'));
  const results = await Promise.allSettled(waiting);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = cache.get();
  resolveFetch(1, 'a');
  expect((await again).id).toBe('a');
});

test('a refused token is replaced once', async () => {
  await cacheWith('a');
  const waiting = [cache.replace('a'), cache.replace('a')];
  resolveFetch(1, 'b');
  expect((await Promise.all(waiting)).map(({ id }) => id)).toEqual(['b', 'b']);
  expect((await cache.replace('a')).id).toBe('b');
  expect(fetches).toHaveLength(2);
});

test('an expired token does not replace a refused one', async () => {
  await cacheWith('a');
  now = 3_600_000 - 30_000;
  const waiting = cache.replace('older');
  resolveFetch(1, 'b');
  expect((await waiting).id).toBe('b');
});

test('a login refused after the expiry is not repeated with every call', async () => {
  await cacheWith('a');
  now = 3_600_000;
  const refusal = new OpenStackError(
    { method: 'POST', url: 'http://cloud.test/v3/auth/tokens' },
    { status: 401, type: '', reason: 'because' },
  );
  for (const attempt of [1, 2]) {
    const refused = cache.get();
    fetches[attempt]?.reject(refusal);
    await expect(refused).rejects.toBe(refusal);
  }
  await expect(cache.get()).rejects.toBe(refusal);
  await expect(cache.replace('a')).rejects.toBe(refusal);
  expect(fetches).toHaveLength(3);
  now += 5000;
  const again = cache.get();
  resolveFetch(3, 'b');
  expect((await again).id).toBe('b');
});

test('an aborted call does not abort the wait of other calls', async () => {
  const abort = new AbortController();
  const aborted = cache.get(abort.signal);
  const waiting = cache.get();
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  resolveFetch(0, 'a');
  expect((await waiting).id).toBe('a');
});

test.each(['fails', 'succeeds'])(
  'a token that is adopted during a renewal that %s stays',
  async (outcome) => {
    await cacheWith('a');
    now = 3_600_000 - 230_000;
    await cache.get();
    cache.adopt({ token: { id: 'adopted' } as IssuedToken, remainingMs: 3_600_000 });
    if (outcome === 'fails') fetches[1]?.reject(new Error('the former credential is deleted'));
    else resolveFetch(1, 'b');
    await new Promise(setImmediate);
    expect((await cache.get()).id).toBe('adopted');
  },
);

test('calls that wait for a login get a token that is adopted meanwhile', async () => {
  const waiting = cache.get();
  cache.adopt({ token: { id: 'adopted' } as IssuedToken, remainingMs: 3_600_000 });
  fetches[0]?.reject(new Error('the former credential is deleted'));
  expect((await waiting).id).toBe('adopted');
});
