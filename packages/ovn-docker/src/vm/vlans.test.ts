import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_VLAN, LAST_VLAN, Vlans } from './vlans.ts';

type Step = { kind: 'claim' } | { kind: 'release'; pick: number } | { kind: 'foreign'; vlan: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ kind: 'claim' as const }),
  fc.record({ kind: fc.constant('release' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('foreign' as const), vlan: fc.integer({ min: -5, max: 5000 }) }),
);

describe('Vlans', () => {
  it('never hands out a VLAN twice, a VLAN outside 1..4094, or one that another program uses', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 400 }), (sequence) => {
        const vlans = new Vlans();
        const claimed: number[] = [];
        const foreign = new Set<number>();
        for (const step of sequence) {
          if (step.kind === 'claim') {
            const vlan = vlans.reserve();
            expect(vlan).toBeGreaterThanOrEqual(FIRST_VLAN);
            expect(vlan).toBeLessThanOrEqual(LAST_VLAN);
            expect(claimed).not.toContain(vlan);
            expect(foreign.has(vlan)).toBe(false);
            claimed.push(vlan);
          } else if (step.kind === 'release' && claimed.length > 0) {
            vlans.release(claimed.splice(step.pick % claimed.length, 1)[0] as number);
          } else if (step.kind === 'foreign' && !claimed.includes(step.vlan)) {
            vlans.markUsed(step.vlan);
            if (step.vlan >= FIRST_VLAN && step.vlan <= LAST_VLAN) foreign.add(step.vlan);
          }
        }
        expect(vlans.used).toBe(claimed.length + foreign.size);
        expect(vlans.used + vlans.free).toBe(LAST_VLAN);
      }),
    );
  });

  it('hands out all 4094 VLANs, then reports E_VLANS_EXHAUSTED until one is freed', () => {
    const vlans = new Vlans();
    const all = Array.from({ length: LAST_VLAN }, () => vlans.reserve());
    expect(new Set(all).size).toBe(LAST_VLAN);
    expect(() => vlans.reserve()).toThrowError(expect.objectContaining({ code: 'E_VLANS_EXHAUSTED' }));
    vlans.release(77);
    expect(vlans.reserve()).toBe(77);
  });

  it('a freed VLAN is handed out last', () => {
    const vlans = new Vlans();
    const first = vlans.reserve();
    vlans.release(first);
    const next = Array.from({ length: LAST_VLAN - 1 }, () => vlans.reserve());
    expect(next).not.toContain(first);
    expect(vlans.reserve()).toBe(first);
  });

  it('scenario 3: skips VLANs that the bridge does not leave to containers, and counts them as used', () => {
    const others = new Set([1, 2, 4]);
    const vlans = new Vlans([3], (vlan) => (others.has(vlan) ? 'bridge' : undefined));
    expect([vlans.used, vlans.free, vlans.reserve()]).toEqual([4, LAST_VLAN - 4, 5]);
    others.delete(1);
    expect([vlans.reserve(), vlans.used]).toEqual([1, 5]);
    const full = new Vlans([], () => 'bridge');
    expect(() => full.reserve()).toThrowError(expect.objectContaining({ code: 'E_VLANS_EXHAUSTED' }));
    expect([full.used, full.free]).toEqual([LAST_VLAN, 0]);
  });

  it.each([
    [
      'Neutron',
      4090,
      3,
      1,
      'ports in Neutron have 4090, other programs have on the bridge 3, the uplink does not pass 1',
      'remove containers',
    ],
    ['the bridge', 0, 4094, 0, 'other programs have on the bridge 4094', 'another bridge'],
    [
      'the uplink',
      2,
      0,
      4092,
      'ports in Neutron have 2, the uplink does not pass 4092',
      'clear port UPLINK trunks',
    ],
  ])(
    'scenario 3: the error counts VLANs by what has them, and the hint fits: %s',
    (_, neutron, bridge, uplink, counts, hint) => {
      const used = Array.from({ length: neutron }, (_vlan, index) => index + FIRST_VLAN);
      const vlans = new Vlans(used, (vlan) => (vlan <= neutron + bridge ? 'bridge' : 'uplink'));
      expect(vlans.count()).toEqual({ neutron, bridge, uplink, free: 0 });
      expect(() => vlans.reserve()).toThrowError(
        expect.objectContaining({
          message: `no VLAN of this VM is left for a container; of ${LAST_VLAN}, ${counts}`,
          hint: expect.stringContaining(hint),
        }),
      );
    },
  );

  it('a second release of the same VLAN changes nothing', () => {
    const vlans = new Vlans();
    const vlan = vlans.reserve();
    vlans.release(vlan);
    vlans.release(vlan);
    expect(vlans.free).toBe(LAST_VLAN);
  });
});
