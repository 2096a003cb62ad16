import { describe, expect, it } from 'vitest';
import { printResults } from './print-results.ts';
import { COPIES, endFrame, kindOf, probeFrame, probes } from './probes.ts';
import { receiveProbes } from './receive-probes.ts';
import { sendProbes } from './send-probes.ts';
import { FREE_VLANS, formatTarget, freeVlans, parseTarget } from './target.ts';

const source = { mac: 'fa:16:3e:00:00:01', ipv4: '10.1.0.86', vlan: 10 };
const target = { mac: 'fa:16:3e:00:00:02', vlan: 4087, nonce: '0badcafe' };
const names = probes.map(({ name }) => name);

describe('a target', () => {
  it('is one word, which parseTarget reads again', () => {
    expect(parseTarget(formatTarget(target))).toEqual(target);
    expect(parseTarget(` ${formatTarget(target).toUpperCase()}\n`)).toEqual(target);
  });

  it.each([
    '',
    'vm-b',
    'fa:16:3e:00:00:02,4088,0badcafe',
    'fa:16:3e:00:00:02,0,0badcafe',
    'fa:16:3e:00:02,9,0badcafe',
  ])('is not %j', (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });

  it('has the highest VLANs in a row that are free', () => {
    expect(freeVlans(new Set())).toBe(4087);
    expect(freeVlans(new Set([4094, 4080]))).toBe(4086);
    const every = new Set(
      Array.from({ length: 4094 }, (_, index) => index + 1).filter((vlan) => vlan % FREE_VLANS === 0),
    );
    expect(() => freeVlans(every)).toThrow(expect.objectContaining({ code: 'E_VLANS_EXHAUSTED' }));
  });
});

describe('a frame', () => {
  it('names its kind, with and without the tags that switches take off', () => {
    for (const index of probes.keys()) {
      const sent = probeFrame(source, target, index);
      const tags = probes[index]?.tags(source.vlan, (offset) => target.vlan + offset) ?? [];
      const untagged = Buffer.concat([sent.subarray(0, 12), sent.subarray(12 + 4 * tags.length)]);
      expect([kindOf(sent, target), kindOf(untagged, target)]).toEqual([index, index]);
      expect(untagged).toHaveLength(60);
    }
    expect(kindOf(endFrame(source, target), target)).toBe('end');
  });

  it('of another test, or of other traffic, is ignored', () => {
    expect(kindOf(probeFrame(source, { ...target, nonce: '00000000' }, 0), target)).toBeUndefined();
    expect(kindOf(Buffer.alloc(60), target)).toBeUndefined();
    const cut = probeFrame(source, target, 0).subarray(0, 12 + 8 + 30 + 14);
    expect(kindOf(cut, target)).toBeUndefined();
  });

  it('names no VLAN twice inside, and none beyond those that are free', () => {
    const named = probes.flatMap(({ tags }) => tags(0, (offset) => offset + 1).map(([, vlan]) => vlan));
    const inner = named.filter((vlan) => vlan !== 0);
    expect(new Set(inner).size).toBe(inner.length);
    expect(Math.max(...inner)).toBeLessThanOrEqual(FREE_VLANS);
  });
});

/** A cloud that passes the frames that `passes` chooses. */
async function resultsOf(passes: (frame: Buffer) => boolean) {
  const arrived: Buffer[] = [];
  const uplink = {
    send: (frame: Buffer) => passes(frame) && arrived.push(frame),
    receive: () => {
      const bytes = arrived.shift();
      return bytes && { bytes, isSent: false };
    },
  };
  await sendProbes(uplink, source, target);
  return receiveProbes(uplink, target, 1);
}
const tagsOf = (frame: Buffer) => (frame.length - 60) / 4;

describe('the wait', () => {
  // Another program's frames arrive as fast as they are read.
  const flood = { bytes: Buffer.alloc(60), isSent: false };
  const limit = 5_000_000;

  it('ends in time on an uplink that is never quiet', async () => {
    let frames = 0;
    const receive = () => (++frames < limit ? flood : undefined);
    expect(await receiveProbes({ receive }, target, 20)).toBeUndefined();
    expect(frames).toBeLessThan(limit);
  });

  it('leaves time for other work, and finds the frames of the test among the others', async () => {
    let [turn, frames] = [0, 0];
    setImmediate(() => turn++);
    const ordinary = probes.findIndex(({ mustArrive }) => mustArrive);
    const arrived = [probeFrame(source, target, ordinary), endFrame(source, target)];
    const receive = () => {
      const bytes = turn > 0 ? arrived.shift() : undefined;
      if (bytes !== undefined) return { bytes, isSent: false };
      return ++frames < limit ? flood : undefined;
    };
    const results = await receiveProbes({ receive }, target, 600_000);
    expect(results?.[ordinary]).toMatchObject({ arrived: 1 });
    expect(frames).toBeLessThan(limit);
  });
});

describe('the results', () => {
  it('are good when only ordinary frames arrive', async () => {
    const results = (await resultsOf((frame) => tagsOf(frame) === 1)) ?? [];
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(results.map(({ arrived }) => arrived)).toEqual(
      names.map((name) => (name.includes('ordinary frames') && name.startsWith('one') ? COPIES : 0)),
    );
    expect(printResults(results)).toContain('OVN kept the frames out');
  });

  it('are bad when one other frame arrives', async () => {
    let hops = 0;
    const results =
      (await resultsOf((frame) => tagsOf(frame) === 1 || (tagsOf(frame) === 3 && hops++ === 0))) ?? [];
    expect(results.filter(({ ok }) => !ok)).toEqual([
      { name: 'three tags', arrived: 1, sent: COPIES, expected: 'be dropped', ok: false },
    ]);
    expect(printResults(results)).toContain('✗  three tags');
    expect(printResults(results)).toContain('OVN let frames of that VM into VLANs of this one');
  });

  it('do not exist when no ordinary frame arrives', async () => {
    expect(await resultsOf((frame) => tagsOf(frame) !== 1)).toBeUndefined();
    expect(await resultsOf(() => false)).toBeUndefined();
  });
});
