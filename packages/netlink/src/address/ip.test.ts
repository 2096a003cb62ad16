import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIp, parseCidr, parseIp } from './ip.ts';

describe('IP addresses', () => {
  test('parse to the bytes from which they were formatted', () => {
    const bytes = fc
      .constantFrom(4, 16)
      .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
    fc.assert(
      fc.property(bytes, (address) => {
        const buffer = Buffer.from(address);
        expect(parseIp(formatIp(buffer))).toEqual({ family: buffer.length === 4 ? 4 : 6, bytes: buffer });
      }),
    );
  });

  test('are formatted in the short form', () => {
    expect(formatIp(parseIp('2001:0DB8:0:0:0:0:0:1').bytes)).toBe('2001:db8::1');
  });

  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '::1::',
    'fe80::1%eth0',
    '10.0.0.1\0',
    'example.org',
    '10.0.0.1/8',
  ])('refuses %j', (text) => {
    expect(() => parseIp(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

describe('CIDRs', () => {
  test('keep their host bits', () => {
    expect(parseCidr('192.0.2.5/24')).toEqual({ family: 4, bytes: Buffer.from([192, 0, 2, 5]), length: 24 });
    expect(parseCidr('2001:db8::5/0')).toMatchObject({ family: 6, length: 0 });
  });

  test.each([
    '192.0.2.5',
    '192.0.2.5/',
    '192.0.2.5/33',
    '2001:db8::/129',
    '192.0.2.5/-1',
    '192.0.2.5/24/24',
    '/24',
  ])('refuses %j', (text) => {
    expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});
