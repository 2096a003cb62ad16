import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMac, parseMac } from './mac.ts';

test('a formatted MAC address parses to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
      expect(parseMac(formatMac(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
  expect(formatMac(parseMac('FA:16:3e:00:0A:ff'))).toBe('fa:16:3e:00:0a:ff');
});

test.each([
  '',
  '02:00:00:00:00',
  '02:00:00:00:00:01:02',
  '02-00-00-00-00-01',
  '02:00:00:00:00:0g',
  ' 02:00:00:00:00:01',
])('refuses %j', (text) => {
  expect(() => parseMac(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
