import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAddress } from '../address/addresses.ts';
import { isNetlinkError } from '../errors.ts';
import { decodeLink } from '../link/decode-link.ts';
import { decodeRoute } from '../route/decode-route.ts';
import { Answers } from '../socket/answers.ts';
import { readAcknowledgement } from './acknowledgement.ts';
import { attribute, i32Of, parseAttributes, u8Of, u32Of } from './attribute.ts';
import { decodeMessages, encodeMessage, NLM_F_ACK_TLVS, NLMSG_DONE, NLMSG_ERROR } from './message.ts';

const fromKernel = Buffer.alloc(12);
const decoders: Readonly<Record<string, (payload: Buffer) => unknown>> = {
  RTM_NEWLINK: decodeLink,
  RTM_NEWROUTE: decodeRoute,
  RTM_NEWADDR: decodeAddress,
  NLMSG_ERROR: (payload) => readAcknowledgement({ ...header, type: NLMSG_ERROR, payload }),
  NLMSG_DONE: (payload) => readAcknowledgement({ ...header, type: NLMSG_DONE, payload }),
  'the messages of a datagram': decodeMessages,
  'the answers to a request': (payload) => {
    const request = { operation: 'read links', flags: 0, sequence: 7 };
    const datagram = encodeMessage({ type: 16, flags: 0, sequence: 7 }, payload);
    new Answers(request, decodeLink).add(fromKernel, datagram);
  },
};
const header = { flags: NLM_F_ACK_TLVS, sequence: 0, port: 0 };

/** Payloads like those of the kernel: a fixed part, then attributes of the types that the decoders read. */
const payload = fc
  .tuple(
    fc.uint8Array({ maxLength: 24 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 34 }), fc.uint8Array({ maxLength: 20 })), { maxLength: 6 }),
    fc.nat(3),
  )
  .map(([start, attributes, cut]) => {
    const bytes = Buffer.concat([
      start,
      ...attributes.map(([type, value]) => attribute(type, Buffer.from(value))),
    ]);
    return bytes.subarray(0, Math.max(0, bytes.length - cut));
  });

test.each(Object.entries(decoders))('%s with any bytes is decoded or refused as EBADMSG', (_, decode) => {
  fc.assert(
    fc.property(payload, (bytes) => {
      try {
        decode(bytes);
      } catch (error) {
        // A refusal by the kernel (any number in NLMSG_ERROR) is a NetlinkError, too.
        expect(isNetlinkError(error, 'EBADMSG')).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});

test.each(['RTM_NEWLINK', 'RTM_NEWROUTE', 'RTM_NEWADDR', 'NLMSG_ERROR'])('an empty %s is EBADMSG', (name) => {
  expect(() => decoders[name]?.(Buffer.alloc(0))).toThrow(expect.objectContaining({ code: 'EBADMSG' }));
});

test.each<[string, Buffer]>([
  ['a number of three bytes', attribute(4, Buffer.alloc(3))],
  ['an empty carrier', attribute(33)],
  ['an address of five bytes', attribute(1, Buffer.alloc(5))],
])('%s is EBADMSG', (_, bytes) => {
  const readers = [
    () => u32Of(parseAttributes(bytes), 4),
    () => i32Of(parseAttributes(bytes), 4),
    () => u8Of(parseAttributes(bytes), 33),
    () => decodeAddress(Buffer.concat([Buffer.alloc(8), bytes])),
  ];
  const codes = readers.map((read) => {
    try {
      read();
      return undefined;
    } catch (error) {
      return isNetlinkError(error) ? error.code : error;
    }
  });
  expect(codes.filter((code) => code !== undefined)).not.toEqual([]);
  expect(codes.filter((code) => code !== undefined && code !== 'EBADMSG')).toEqual([]);
});
