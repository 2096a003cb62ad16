import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OvsdbMessageTooLargeError, OvsdbProtocolError } from '../errors.ts';
import { Framer } from './framer.ts';
import { assemble, assembleSegmented, type MessagePart, segmentsOf } from './message-parts.ts';

function frame(
  chunks: readonly Uint8Array[],
  options: { partBytes?: number; maxMessageBytes?: number } = {},
): unknown[] {
  const messages: unknown[] = [];
  let parts: MessagePart[] = [];
  const framer = new Framer({ maxMessageBytes: 1 << 20, ...options }, (part) => {
    parts.push(part);
    if (!part.last) return;
    messages.push(assemble(parts));
    parts = [];
  });
  // Each chunk is a copy that is overwritten afterwards, as a transport overwrites its buffer.
  for (const chunk of chunks) {
    const buffer = Buffer.from(chunk);
    framer.push(buffer);
    buffer.fill(0);
  }
  return messages;
}

function split(bytes: Buffer, at: number): Buffer[] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

const container = fc
  .oneof(
    fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 })),
    fc.array(fc.jsonValue({ maxDepth: 5 })),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('Framer', () => {
  const tricky = {
    'ключ"]}': ['{"\\', '\\"', '日本語 🦊', '\u2028\n\t', '\ud800', { '': [] }],
    n: [-1.5e-7, true, null],
  };
  const text = Buffer.from(`${JSON.stringify(tricky)} \n[1]${JSON.stringify({ a: '}' })}`);
  const expected = [tricky, [1], { a: '}' }];

  it('finds the messages at every split of the stream into two chunks', () => {
    for (let at = 0; at <= text.length; at++) expect(frame(split(text, at))).toEqual(expected);
  });

  it('finds the messages when each byte is a chunk of its own', () => {
    expect(frame(Array.from(text, (byte) => Buffer.of(byte)))).toEqual(expected);
  });

  it('cuts messages at every possible place so that the parts assemble to the same messages', () => {
    fc.assert(
      fc.property(
        fc.array(container, { maxLength: 3 }),
        fc.integer({ min: 1, max: 40 }),
        (values, partBytes) => {
          const stream = Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'));
          expect(frame([stream], { partBytes })).toEqual(values);
          expect(frame(split(stream, stream.length >> 1), { partBytes: 1 })).toEqual(values);
        },
      ),
    );
  });

  it('cuts a long message into many parts, which can be assembled in segments', () => {
    const rows = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`row${i}`, { initial: { name: `n${i}` } }]),
    );
    const message = { id: 1, result: [false, 'x', { Table: rows, Other: { r: {} } }], error: null };
    const parts: MessagePart[] = [];
    const framer = new Framer({ maxMessageBytes: 1 << 20, partBytes: 256 }, (part) => parts.push(part));
    framer.push(Buffer.from(JSON.stringify(message)));
    expect(parts.length).toBeGreaterThan(10);
    const segmented = assembleSegmented(parts) as typeof message;
    const updates = segmentsOf(segmented.result[2] as unknown as Record<string, object>);
    const segments = updates.flatMap((tables) =>
      segmentsOf((tables['Table'] ?? {}) as Record<string, object>),
    );
    expect(Object.fromEntries(segments.flatMap((segment) => Object.entries(segment)))).toEqual(rows);
  });

  it('reads a key __proto__ as an ordinary member', () => {
    const [message] = frame([Buffer.from('{"a":[1,2],"__proto__":{"x":1},"b":{"__proto__":[2],"c":3}}')], {
      partBytes: 1,
    });
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    expect(JSON.stringify(message)).toBe('{"a":[1,2],"__proto__":{"x":1},"b":{"__proto__":[2],"c":3}}');
  });

  it.each([
    ['nonsense', 0],
    ['"text"', 0],
    [']', 0],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{"a":{,"b":1}}', 6],
    ['{"a":[1}', 7],
    ['{"é":tru}', 6],
    ['{"a":"\\x"}', 5],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['[01]', 2],
    ['[[[[[[[}]]]]]]]', 7],
  ])('reports the position at which %s is malformed', (malformed, position) => {
    for (const partBytes of [1, 65_536]) {
      for (let at = 0; at <= malformed.length; at++) {
        let error: unknown;
        try {
          frame(split(Buffer.from(malformed), at), { partBytes });
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toBeInstanceOf(OvsdbProtocolError);
        if (partBytes > 1) expect((error as OvsdbProtocolError).position).toBe(position);
      }
    }
  });

  it('turns any bytes into messages or a protocol error', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom(...'{}[]",:\\ 1a'), maxLength: 60 })
        .map((string) => Buffer.from(string)),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 30 }), (input, partBytes) => {
        try {
          frame([input], { partBytes });
        } catch (error) {
          expect(error).toBeInstanceOf(OvsdbProtocolError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts the same texts as JSON.parse', () => {
    const almost = fc
      .tuple(container, fc.nat(), fc.constantFrom(...',:[]{}"\\0 '))
      .map(([value, at, char]) => {
        const json = JSON.stringify(value);
        const place = at % json.length;
        return `${json.slice(0, place)}${char}${json.slice(place)}`;
      });
    fc.assert(
      fc.property(almost, fc.integer({ min: 1, max: 30 }), (json, partBytes) => {
        let whole: unknown;
        try {
          // Lone surrogates do not survive UTF-8.
          whole = JSON.parse(Buffer.from(json).toString());
        } catch {
          whole = undefined;
        }
        if (whole !== undefined) {
          expect(frame([Buffer.from(json)], { partBytes })).toEqual([whole]);
          return;
        }
        // If the framer accepted the first message, it returns two.
        let messages: unknown[] = [];
        try {
          messages = frame([Buffer.from(`${json}[null]`)], { partBytes });
        } catch (error) {
          expect(error).toBeInstanceOf(OvsdbProtocolError);
        }
        expect(messages.length).not.toBe(2);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses a message that is too long before its end has arrived', () => {
    const long = Buffer.from(`{"a":"${'x'.repeat(100)}`);
    expect(() => frame([long], { maxMessageBytes: 64 })).toThrow(OvsdbMessageTooLargeError);
    // Parts that were passed on no longer count.
    const many = Buffer.from(`[${'1,'.repeat(100)}1]`);
    expect(frame([many], { maxMessageBytes: 64, partBytes: 10 })).toHaveLength(1);
    expect(frame([Buffer.from('[1]'.repeat(100))], { maxMessageBytes: 64 })).toHaveLength(100);
  });

  it('reports the position of a fault after a very long string', () => {
    const text = `["${'x'.repeat(17_000_000)}" 1]`;
    expect(() => frame([Buffer.from(text)], { maxMessageBytes: 1 << 25 })).toThrow('at byte 17000004');
  });

  it('refuses absurd nesting', () => {
    expect(() => frame([Buffer.from('['.repeat(5000))])).toThrow('nested too deep at byte 1000');
  });
});
