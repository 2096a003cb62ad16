import { describe, expect, test } from 'vitest';
import { writeI32, writeU32 } from '../codec/host-order.ts';
import {
  encodeMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../codec/message.ts';
import { Answers, SENDER_LENGTH } from './answers.ts';

const kernel = Buffer.alloc(SENDER_LENGTH);
const LINK = 16;

const datagram = (type: number, flags: number, text: string, sequence = 7) =>
  encodeMessage({ type, flags, sequence }, Buffer.from(text));
const ended = (type: number, errno = 0, flags = 0) => {
  const bytes = Buffer.alloc(20);
  writeI32(bytes, -errno, 0);
  return encodeMessage({ type, flags, sequence: 7 }, bytes);
};
const answersTo = (flags: number) =>
  new Answers({ operation: 'test', flags, sequence: 7 }, (payload) => Buffer.from(payload));

describe('answers', () => {
  test('to a request for one object are complete with the first message', () => {
    const answers = answersTo(0);
    answers.add(kernel, datagram(LINK, 0, 'lo'));
    expect(answers).toMatchObject({ decoded: [Buffer.from('lo')], complete: true });
  });

  test('to a change are complete with the acknowledgement', () => {
    const answers = answersTo(NLM_F_ACK);
    answers.add(kernel, datagram(LINK, 0, 'echo'));
    expect(answers.complete).toBe(false);
    answers.add(kernel, ended(NLMSG_ERROR));
    expect(answers.complete).toBe(true);
  });

  test('to a dump are complete with its end message', () => {
    const answers = answersTo(NLM_F_DUMP);
    answers.add(kernel, datagram(LINK, NLM_F_MULTI, 'lo'));
    answers.add(kernel, datagram(LINK, NLM_F_MULTI, 'eth0'));
    expect(answers).toMatchObject({ complete: false, interrupted: false });
    answers.add(kernel, ended(NLMSG_DONE));
    expect(answers).toMatchObject({ decoded: [Buffer.from('lo'), Buffer.from('eth0')], complete: true });
  });

  test('show that a dump was interrupted, in its middle or at its end', () => {
    const middle = answersTo(NLM_F_DUMP);
    middle.add(kernel, datagram(LINK, NLM_F_MULTI | NLM_F_DUMP_INTR, 'lo'));
    middle.add(kernel, ended(NLMSG_DONE));
    expect(middle).toMatchObject({ complete: true, interrupted: true });
    const end = answersTo(NLM_F_DUMP);
    end.add(kernel, ended(NLMSG_DONE, 0, NLM_F_DUMP_INTR));
    expect(end).toMatchObject({ complete: true, interrupted: true });
  });

  test('that refuse the request throw an error', () => {
    const refused = expect.objectContaining({ code: 'ENODEV', operation: 'test' });
    expect(() => answersTo(NLM_F_ACK).add(kernel, ended(NLMSG_ERROR, 19))).toThrow(refused);
    expect(() => answersTo(NLM_F_DUMP).add(kernel, ended(NLMSG_DONE, 19))).toThrow(refused);
  });

  test('to an earlier request or from another process are ignored', () => {
    const answers = answersTo(0);
    const process = Buffer.alloc(SENDER_LENGTH);
    writeU32(process, 4711, 4);
    answers.add(kernel, datagram(LINK, 0, 'old', 6));
    answers.add(process, datagram(LINK, 0, 'forged'));
    expect(answers).toMatchObject({ decoded: [], complete: false });
  });
});
