import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Framer } from './framer.ts';
import { encodeMessage } from './message.ts';

test('messages arrive whole, however their bytes are cut', () => {
  const message = fc.record({
    type: fc.nat(255),
    xid: fc.nat(0xffff_ffff),
    body: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (sent, cuts) => {
        let bytes = Buffer.concat(
          sent.map(({ type, xid, body }) => encodeMessage(type, xid, Buffer.from(body))),
        );
        const framer = new Framer();
        const received = [];
        for (const cut of cuts) {
          received.push(...framer.push(bytes.subarray(0, cut)));
          bytes = bytes.subarray(cut);
        }
        received.push(...framer.push(bytes));
        expect(received).toEqual(
          sent.map(({ type, xid, body }) => ({ version: 5, type, xid, body: Buffer.from(body) })),
        );
      },
    ),
  );
});

test('a message shorter than its header is refused', () => {
  expect(() => new Framer().push(Buffer.from('0500000700000000', 'hex'))).toThrow(
    expect.objectContaining({ code: 'OPENFLOW_MALFORMED' }),
  );
});
