import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimNotes, readClaim } from './claim-notes.ts';
import { rowKeys } from './names.ts';

const word = fc.stringMatching(/^[0-9a-f.:-]{1,40}$/);
const claims = fc
  .record(
    {
      since: fc.integer({ min: 0, max: Date.now() - 60_000 }),
      label: word,
      endpointId: word,
      containerId: word,
      promised: fc.uniqueArray(word).map((addresses) => new Set(addresses)),
      published: fc.constantFrom('8080->80/tcp', '80/tcp, 81/udp'),
      gateways: fc.uniqueArray(word, { minLength: 1, maxLength: 2 }),
      endpoint: fc.constantFrom(
        { interfaceName: 'front' },
        { publish: 'refuse' as const },
        { interfaceName: 'front', publish: 'warn' as const },
      ),
    },
    { requiredKeys: ['since', 'promised'] },
  )
  .filter(({ since }) => Number.isFinite(since));

/** The row's `external_ids` after the notes are written. */
const onRow = (notes: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(notes).filter((pair): pair is [string, string] => pair[1] !== undefined));

it('reading returns the claim that was written', () => {
  fc.assert(
    fc.property(claims, (claim) => {
      expect(readClaim(onRow(claimNotes(claim)))).toEqual(claim);
    }),
  );
});

it('writing no claim deletes every key of a former one', () => {
  const notes = claimNotes(undefined);
  const full = claimNotes({
    since: 0,
    label: 'l',
    endpointId: 'e',
    containerId: 'c',
    servesDhcp: true,
    promised: new Set(['a']),
    published: '80/tcp',
    gateways: ['10.0.0.1'],
    endpoint: { interfaceName: 'front', publish: 'refuse' },
  });
  expect(Object.keys(notes).sort()).toEqual(Object.keys(full).sort());
  expect(Object.values(full)).not.toContain(undefined);
  expect(onRow(notes)).toEqual({});
  expect(readClaim(onRow(notes))).toBeUndefined();
});

it('an unreadable date counts as long ago', () => {
  expect(readClaim({ [rowKeys.claimed]: 'yesterday' })).toEqual({ since: 0, promised: new Set() });
});

it('scenario 40: a claim from before the system’s clock was set back was made now at the latest', () => {
  const since = Date.now() + 24 * 3_600_000;
  const notes = claimNotes({ since, promised: new Set() }) as Record<string, string>;
  expect(readClaim(notes)?.since).toBeLessThanOrEqual(Date.now() + 1000);
});
