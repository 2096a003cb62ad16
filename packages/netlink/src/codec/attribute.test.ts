import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNetlinkError } from '../errors.ts';
import {
  type Attributes,
  attribute,
  i32Attribute,
  i32Of,
  nestedAttribute,
  nestedOf,
  parseAttributes,
  stringAttribute,
  stringOf,
  u32Attribute,
  u32Of,
} from './attribute.ts';
import { writeU16 } from './host-order.ts';

const type = fc.integer({ min: 1, max: 0x3fff });
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe('attributes', () => {
  test('have the layout of struct rtattr: length without padding, type, payload, padding', () => {
    const bytes = attribute(3, Buffer.from('lo\0'));
    const header = Buffer.from(new Uint16Array([7, 3]).buffer);
    expect(bytes).toEqual(Buffer.concat([header, Buffer.from('lo\0\0')]));
  });

  test('decode to what was encoded, in order', () => {
    const distinct = fc.uniqueArray(fc.tuple(type, payload), {
      selector: ([number]) => number,
      maxLength: 20,
    });
    fc.assert(
      fc.property(distinct, (pairs) => {
        const bytes = Buffer.concat(pairs.map(([number, value]) => attribute(number, value)));
        expect(bytes.length % 4).toBe(0);
        expect([...parseAttributes(bytes)]).toEqual(pairs);
      }),
    );
  });

  test('nest to any depth', () => {
    fc.assert(
      fc.property(fc.array(type, { minLength: 1, maxLength: 8 }), payload, (path, value) => {
        const inner = attribute(1, value);
        const bytes = path.reduceRight((child, number) => nestedAttribute(number, child), inner);
        const innermost = path.reduce<Attributes>(nestedOf, parseAttributes(bytes));
        expect(innermost.get(1)).toEqual(value);
      }),
    );
  });

  test('contain numbers and text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer(), text, (unsigned, signed, value) => {
        const parts = [u32Attribute(1, unsigned), i32Attribute(2, signed), stringAttribute(3, value)];
        const attributes = parseAttributes(Buffer.concat(parts));
        expect([u32Of(attributes, 1), i32Of(attributes, 2), stringOf(attributes, 3)]).toEqual([
          unsigned,
          signed,
          value,
        ]);
      }),
    );
  });

  test('decode from any bytes within their bounds, or are refused with EBADMSG', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        try {
          const attributes = parseAttributes(bytes);
          const used = [...attributes.values()].reduce((sum, value) => sum + 4 + value.length, 0);
          expect(used).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(isNetlinkError(error, 'EBADMSG')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['shorter than its own header', 3],
    ['one byte longer than the buffer', 9],
  ])('%s are refused', (_, length) => {
    const bytes = attribute(1, Buffer.from('four'));
    writeU16(bytes, length, 0);
    expect(() => parseAttributes(bytes)).toThrow(expect.objectContaining({ code: 'EBADMSG' }));
  });

  test('whose length does not fit in 16 bits are refused', () => {
    expect(() => attribute(1, Buffer.alloc(0xffff - 4))).not.toThrow();
    expect(() => attribute(1, Buffer.alloc(0xffff - 3))).toThrow(
      expect.objectContaining({ code: 'EMSGSIZE' }),
    );
  });

  test('that are missing are undefined, or empty when nested', () => {
    const none = parseAttributes(Buffer.alloc(0));
    expect([u32Of(none, 1), i32Of(none, 1), stringOf(none, 1), nestedOf(none, 1).size]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
    ]);
  });
});
