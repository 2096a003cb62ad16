import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonical,
  contains,
  hostRange,
  netmask,
  overlaps,
  parsePrefix,
  prefixText,
  slaacAddress,
  toNumber,
  toText,
  versionOf,
} from './addresses.ts';

const prefix = (cidr: string) => {
  const parsed = parsePrefix(cidr);
  if (!parsed) throw new Error(cidr);
  return parsed;
};

describe('addresses', () => {
  test('an address survives the conversion to a number and back', () => {
    fc.assert(fc.property(fc.bigInt(0n, (1n << 32n) - 1n), (value) => toNumber(toText(value, 4)) === value));
    fc.assert(fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (value) => toNumber(toText(value, 6)) === value));
    expect(canonical('FD00:0:0::01')).toBe('fd00::1');
  });

  test.each([
    ['10.0.0.1', 4],
    ['fd00::1', 6],
    ['10.0.0.1/24', undefined],
    ['10.0.0', undefined],
    ['fe80::1%eth0', undefined],
    ['', undefined],
  ] as const)('%s is of version %s', (text, version) => {
    expect(versionOf(text)).toBe(version);
  });

  test('the host bits of a prefix are cleared', () => {
    expect(prefixText(prefix('10.1.2.3/16'))).toBe('10.1.0.0/16');
    expect(prefixText(prefix('fd00::5/64'))).toBe('fd00::/64');
    for (const bad of ['10.0.0.1/33', '10.0.0.1/-1', '10.0.0.1/', 'x/8', 'fd00::/129']) {
      expect(parsePrefix(bad)).toBeUndefined();
    }
  });

  test('two prefixes overlap if one contains the other', () => {
    expect(overlaps(prefix('10.0.0.0/24'), prefix('10.0.0.128/25'))).toBe(true);
    expect(overlaps(prefix('10.0.0.0/24'), prefix('10.0.1.0/24'))).toBe(false);
    expect(overlaps(prefix('0.0.0.0/0'), prefix('::/0'))).toBe(false);
    expect(contains(prefix('10.0.0.0/24'), '10.0.0.255')).toBe(true);
    expect(contains(prefix('10.0.0.0/24'), 'fd00::1')).toBe(false);
  });

  test('the host range', () => {
    const texts = (cidr: string) => {
      const { start, end } = hostRange(prefix(cidr));
      return [toText(start, prefix(cidr).version), toText(end, prefix(cidr).version)];
    };
    expect(texts('10.0.0.0/24')).toEqual(['10.0.0.1', '10.0.0.254']);
    expect(texts('10.0.0.0/31')).toEqual(['10.0.0.0', '10.0.0.1']);
    expect(texts('fd00::/64')).toEqual(['fd00::1', 'fd00::ffff:ffff:ffff:ffff']);
  });

  test('the address of a MAC is the one recorded from Neutron', () => {
    expect(slaacAddress(prefix('fd00:12::/64'), 'fa:16:3e:2b:ee:1c')).toBe('fd00:12::f816:3eff:fe2b:ee1c');
    expect(slaacAddress(prefix('fd00:12::/64'), 'fa:16:3e:b0:00:00')).toBe('fd00:12::f816:3eff:feb0:0');
  });

  test('netmasks', () => {
    expect(netmask('10.0.0.0/20')).toBe('255.255.240.0');
    expect(netmask('fd00::/64')).toBe('ffff:ffff:ffff:ffff::');
  });
});
