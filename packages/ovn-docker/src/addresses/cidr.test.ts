import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freePrivateCidr, overlaps, parseCidr } from './cidr.ts';

describe('parseCidr', () => {
  it('returns the parts of a network', () => {
    expect(parseCidr('10.20.0.0/24')).toMatchObject({
      cidr: '10.20.0.0/24',
      version: 4,
      prefixLength: 24,
      firstHost: '10.20.0.1',
    });
    expect(parseCidr('fd00:12::/64')).toMatchObject({
      version: 6,
      prefixLength: 64,
      firstHost: 'fd00:12::1',
    });
  });

  it.each(['10.20.0.5/24', '10.20.0.0', '10.20.0.0/33', '10.20.0/24', 'LS1', '', 'fd00::1/64'])(
    'refuses %j',
    (text) => {
      expect(() => parseCidr(text)).toThrowError(expect.objectContaining({ code: 'E_CIDR' }));
    },
  );
});

describe('freePrivateCidr', () => {
  it('overlaps no used network', () => {
    const used = fc.array(
      fc.tuple(
        fc.integer({ min: 64, max: 66 }),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom(16, 20, 24),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(used, (networks) => {
        const cidrs = networks.map(([second, third, length]) => {
          const start = length === 24 ? third : length === 20 ? third & 0xf0 : 0;
          return `10.${second}.${start}.0/${length}`;
        });
        const free = parseCidr(freePrivateCidr(cidrs));
        expect(cidrs.some((cidr) => overlaps(parseCidr(cidr), free))).toBe(false);
      }),
    );
  });

  it('rejects with E_CIDR when no /24 is free', () => {
    expect(() => freePrivateCidr(['10.64.0.0/10'])).toThrowError(expect.objectContaining({ code: 'E_CIDR' }));
  });
});
