import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_VLAN, LAST_VLAN, Vlans } from './vlans.ts';

type Step = { kind: 'claim' } | { kind: 'release'; pick: number } | { kind: 'foreign'; vlan: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ kind: 'claim' as const }),
  fc.record({ kind: fc.constant('release' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('foreign' as const), vlan: fc.integer({ min: -5, max: 5000 }) }),
);

describe('Vlans', () => {
  it('never hands out a tag twice, nor one outside 1..4094, nor a foreign one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const vlans = new Vlans();
        const held: number[] = [];
        const foreign = new Set<number>();
        for (const s of steps) {
          if (s.kind === 'claim') {
            const vlan = vlans.claim();
            expect(vlan).toBeGreaterThanOrEqual(FIRST_VLAN);
            expect(vlan).toBeLessThanOrEqual(LAST_VLAN);
            expect(held).not.toContain(vlan);
            expect(foreign.has(vlan)).toBe(false);
            held.push(vlan);
          } else if (s.kind === 'release' && held.length > 0) {
            vlans.release(held.splice(s.pick % held.length, 1)[0] as number);
          } else if (s.kind === 'foreign' && !held.includes(s.vlan)) {
            vlans.markUsed(s.vlan);
            if (s.vlan >= FIRST_VLAN && s.vlan <= LAST_VLAN) foreign.add(s.vlan);
          }
        }
        expect(vlans.used).toBe(held.length + foreign.size);
        expect(vlans.used + vlans.free).toBe(LAST_VLAN);
      }),
    );
  });

  it('hands out all 4094, then says so, and goes on with the first that comes back', () => {
    const vlans = new Vlans();
    const all = Array.from({ length: LAST_VLAN }, () => vlans.claim());
    expect(new Set(all).size).toBe(LAST_VLAN);
    expect(() => vlans.claim()).toThrowError(expect.objectContaining({ code: 'E_VLANS_EXHAUSTED' }));
    vlans.release(77);
    expect(vlans.claim()).toBe(77);
  });

  it('lets a freed tag rest: every other free tag comes first', () => {
    const vlans = new Vlans();
    const first = vlans.claim();
    vlans.release(first);
    const next = Array.from({ length: LAST_VLAN - 1 }, () => vlans.claim());
    expect(next).not.toContain(first);
    expect(vlans.claim()).toBe(first);
  });

  it('takes a second release of the same tag for what it is: nothing', () => {
    const vlans = new Vlans();
    const vlan = vlans.claim();
    vlans.release(vlan);
    vlans.release(vlan);
    expect(vlans.free).toBe(LAST_VLAN);
  });
});
