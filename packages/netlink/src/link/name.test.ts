import { expect, test } from 'vitest';
import { checkedLinkName } from './name.ts';

test.each(['lo', 'eth0', 'br-int', 'tap1.42', 'abcdefghijklmno', 'ééééééé'])('accepts %j', (name) => {
  expect(checkedLinkName(name)).toBe(name);
});

test.each(['', '.', '..', 'abcdefghijklmnop', 'éééééééé', 'a b', 'a/b', 'a:b', 'veth%d', 'a\0b', 'a\nb'])(
  'refuses %j',
  (name) => {
    expect(() => checkedLinkName(name)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  },
);
