import { expect, it } from 'vitest';
import { answersIn, sendingTime } from './pinger.ts';

const LOG = `PING 10.64.0.2 (10.64.0.2): 56 data bytes
1796060594
64 bytes from 10.64.0.2: seq=0 ttl=64 time=0.312 ms
64 bytes from 10.64.0.2: seq=1 ttl=64 time=0.245 ms
1796060595
64 bytes from 10.64.0.2: seq=2 ttl=64 time=0.245 ms
1796060596
1796060597
1796060598
64 bytes from 10.64.0.2: seq=32 ttl=64 time=0.245 ms
64 bytes fr`;

it('the log tells which requests were answered, and about when', () => {
  expect(answersIn(LOG)).toEqual([
    { sequence: 0, at: 1_796_060_594_000 },
    { sequence: 1, at: 1_796_060_594_000 },
    { sequence: 2, at: 1_796_060_595_000 },
    { sequence: 32, at: 1_796_060_598_000 },
  ]);
});

it('the time of a lost request is reckoned from the last answer before it, however slow the pings were before', () => {
  const answers = answersIn(LOG);
  expect(sendingTime(answers, 3)).toBe(1_796_060_595_100);
  expect(sendingTime(answers, 31)).toBe(1_796_060_597_900);
  expect(sendingTime(answers, 33)).toBe(1_796_060_598_100);
});
