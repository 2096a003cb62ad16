import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../wire/reader.ts';
import { type FieldName, fieldNames, fields } from './fields.ts';
import { encodeMatch, type Match, readMatch } from './match.ts';
import { decodeValue } from './value.ts';

const value = (name: FieldName) =>
  fc
    .uint8Array({ minLength: fields[name].bytes, maxLength: fields[name].bytes })
    .map((bytes) => decodeValue(name, Buffer.from(bytes)));
const wanted = (name: FieldName) =>
  fc.oneof(value(name), fc.record({ value: value(name), mask: value(name) }));
const other = fc.record({
  class: fc.constantFrom(0x0000, 0x0001, 0xffff),
  id: fc.integer({ min: 100, max: 127 }),
  value: fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
});
const match = fc
  .tuple(
    fc.record(Object.fromEntries(fieldNames.map((name) => [name, wanted(name)])), { requiredKeys: [] }),
    fc.array(other, { maxLength: 3 }),
  )
  .map(([known, others]) => ({ ...known, ...(others.length === 0 ? {} : { other: others }) }) as Match);

test('what is encoded is decoded again, and takes a multiple of eight bytes', () => {
  fc.assert(
    fc.property(match, (sent) => {
      const bytes = encodeMatch(sent);
      expect(bytes.length % 8).toBe(0);
      const reader = new Reader(bytes);
      expect(readMatch(reader)).toEqual(sent);
      expect(reader.remaining).toBe(0);
    }),
  );
});

test('arbitrary bytes are a match or OPENFLOW_MALFORMED', () => {
  const start = Buffer.from('0001', 'hex');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      try {
        readMatch(new Reader(Buffer.concat([start, bytes])));
      } catch (error) {
        expect(error).toMatchObject({ code: 'OPENFLOW_MALFORMED' });
      }
    }),
    { numRuns: 1000 },
  );
});

test.each<[string, Match]>([
  ['a number beyond its bytes', { udpSrc: 65_536 }],
  ['a negative number', { inPort: -1 }],
  ['a fraction', { ethType: 1.5 }],
  ['no number', { inPort: Number.NaN }],
  ['a MAC address without colons', { ethSrc: 'fa163e000001' }],
  ['an IPv4 address with a prefix', { ipv4Src: '192.0.2.0/24' }],
  ['an IPv6 address with a zone', { ipv6Src: 'fe80::1%eth0' }],
  ['an IPv4 address in place of IPv6', { ipv6Src: '192.0.2.1' }],
  ['a bad mask', { ethDst: { value: '02:00:00:00:00:01', mask: 'ff' } }],
])('%s is refused before anything is sent', (_, bad) => {
  expect(() => encodeMatch(bad)).toThrow(expect.objectContaining({ code: 'OPENFLOW_INVALID' }));
});
