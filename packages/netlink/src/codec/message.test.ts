import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNetlinkError } from '../errors.ts';
import { readAcknowledgement } from './acknowledgement.ts';
import { attribute } from './attribute.ts';
import { align4, writeI32, writeU32 } from './host-order.ts';
import {
  decodeMessages,
  encodeMessage,
  type Message,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './message.ts';

const bytesUpTo = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const message = fc.record({
  type: fc.nat(0xffff),
  flags: fc.nat(0xffff),
  sequence: fc.nat(0xffffffff),
  payload: bytesUpTo(200),
});

describe('messages', () => {
  test('in a datagram decode to what was encoded, in order', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
        const datagram = Buffer.concat(
          messages.map(({ payload, ...header }) => {
            const bytes = encodeMessage(header, payload);
            return Buffer.concat([bytes, Buffer.alloc(align4(bytes.length) - bytes.length)]);
          }),
        );
        expect(decodeMessages(datagram)).toEqual(messages.map((original) => ({ ...original, port: 0 })));
      }),
    );
  });

  test('decode from any bytes, or are refused with EBADMSG', () => {
    fc.assert(
      fc.property(bytesUpTo(200), (bytes) => {
        try {
          decodeMessages(bytes);
        } catch (error) {
          expect(isNetlinkError(error, 'EBADMSG')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['shorter than its own header', 15],
  ['one byte longer than the datagram', 21],
])('a message %s is refused', (_, length) => {
  const bytes = encodeMessage({ type: 16, flags: 0, sequence: 1 }, Buffer.from('four'));
  writeU32(bytes, length, 0);
  expect(() => decodeMessages(bytes)).toThrow(expect.objectContaining({ code: 'EBADMSG' }));
});

describe('acknowledgements', () => {
  const reason = attribute(1, Buffer.from('no such thing\0'));
  const number = (errno: number) => {
    const bytes = Buffer.alloc(4);
    writeI32(bytes, -errno, 0);
    return bytes;
  };
  const arrived = (type: number, flags: number, ...payload: Buffer[]): Message =>
    decodeMessages(encodeMessage({ type, flags, sequence: 1 }, ...payload))[0] as Message;
  const request = encodeMessage({ type: 16, flags: 5, sequence: 1 }, Buffer.alloc(20));

  test('of success contain error 0 and no reason', () => {
    expect(
      readAcknowledgement(arrived(NLMSG_ERROR, NLM_F_CAPPED, number(0), request.subarray(0, 16))),
    ).toEqual({
      errno: 0,
    });
  });

  test('contain the reason after the header of a capped request', () => {
    const flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
    const ack = arrived(NLMSG_ERROR, flags, number(19), request.subarray(0, 16), reason);
    expect(readAcknowledgement(ack)).toEqual({ errno: 19, kernelMessage: 'no such thing' });
  });

  test('contain the reason after the whole request when it is not capped', () => {
    const ack = arrived(NLMSG_ERROR, NLM_F_ACK_TLVS, number(19), request, reason);
    expect(readAcknowledgement(ack)).toEqual({ errno: 19, kernelMessage: 'no such thing' });
  });

  test('of a dump contain the reason after the error', () => {
    expect(readAcknowledgement(arrived(NLMSG_DONE, NLM_F_ACK_TLVS, number(2), reason))).toEqual({
      errno: 2,
      kernelMessage: 'no such thing',
    });
    expect(readAcknowledgement(arrived(NLMSG_DONE, 0))).toEqual({ errno: 0 });
  });
});
