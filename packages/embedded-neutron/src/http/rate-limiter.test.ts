import { expect, test } from 'vitest';
import { NeutronError } from '../errors.ts';
import { RateLimiter } from './rate-limiter.ts';

test('the refusal says when the client may try again', () => {
  const limiter = new RateLimiter({ perSecond: 0.5, burst: 2 });
  const refusal = (client: string, at: number): unknown => {
    try {
      limiter.count(client, at);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  expect([refusal('a', 0), refusal('a', 0)]).toEqual([undefined, undefined]);
  const refused = refusal('a', 0);
  expect(refused).toBeInstanceOf(NeutronError);
  expect(refused).toMatchObject({ type: 'TooManyRequests', status: 429, retryAfter: 2 });
  expect((refused as NeutronError).message).toContain('0.5 requests');
  expect(refusal('b', 0)).toBeUndefined();
  expect(refusal('a', 2000)).toBeUndefined();
});
