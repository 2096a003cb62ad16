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

/** Lets the fetch with this number (from 0) bring a token of an hour. */
function bring(number: number, id: string): void {
  const token = { id } as IssuedToken;
  fetches[number]?.resolve({ token, remainingMs: 3_600_000 });
}

async function cacheWith(id: string): Promise<void> {
  const first = cache.get();
  bring(0, id);
  await first;
}

test('one fetch serves all who wait', async () => {
  const waiting = [cache.get(), cache.get(), cache.get()];
  bring(0, 'a');
  expect((await Promise.all(waiting)).map(({ id }) => id)).toEqual(['a', 'a', 'a']);
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(1);
});

test('renews ahead of the expiry, beside the calls', async () => {
  await cacheWith('a');
  now = 3_600_000 - 300_000 - 1;
  await cache.get();
  expect(fetches).toHaveLength(1);
  now += 1;
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(2);
  bring(1, 'b');
  await fetches[1]?.promise;
  await new Promise(setImmediate);
  expect((await cache.get()).id).toBe('b');
});

test('calls wait when the token is about to expire', async () => {
  await cacheWith('a');
  now = 3_600_000 - 30_000;
  const waiting = cache.get();
  bring(1, 'b');
  expect((await waiting).id).toBe('b');
});

test('a renewal ahead that fails goes unnoticed, and is not repeated with every call', async () => {
  await cacheWith('a');
  now = 3_600_000 - 230_000;
  expect((await cache.get()).id).toBe('a');
  fetches[1]?.reject(new Error('Keystone is away'));
  await new Promise(setImmediate);
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(2);
  now += 100_000;
  expect((await cache.get()).id).toBe('a');
  expect(fetches).toHaveLength(3);
});

test('a failure is told to all who wait, and the next call tries anew', async () => {
  const waiting = [cache.get(), cache.get()];
  fetches[0]?.reject(new Error('Keystone is away'));
  const results = await Promise.allSettled(waiting);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = cache.get();
  bring(1, 'a');
  expect((await again).id).toBe('a');
});

test('a refused token is replaced once', async () => {
  await cacheWith('a');
  const waiting = [cache.replace('a'), cache.replace('a')];
  bring(1, 'b');
  expect((await Promise.all(waiting)).map(({ id }) => id)).toEqual(['b', 'b']);
  expect((await cache.replace('a')).id).toBe('b');
  expect(fetches).toHaveLength(2);
});

test('a refused token is not replaced by one that has expired', async () => {
  await cacheWith('a');
  now = 3_600_000 - 30_000;
  const waiting = cache.replace('older');
  bring(1, 'b');
  expect((await waiting).id).toBe('b');
});

test('a login that is refused once the token has expired is not repeated with every call', async () => {
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
  bring(3, 'b');
  expect((await again).id).toBe('b');
});

test('who gives up waiting does not end the wait of the others', async () => {
  const abort = new AbortController();
  const leaves = cache.get(abort.signal);
  const stays = cache.get();
  abort.abort(new Error('enough'));
  await expect(leaves).rejects.toThrow('enough');
  bring(0, 'a');
  expect((await stays).id).toBe('a');
});
