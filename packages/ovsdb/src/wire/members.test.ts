import { expect, it } from 'vitest';
import { parseMembers } from './members.ts';

function parse(text: string, colons: readonly number[]): unknown[] | undefined {
  const bytes = Buffer.from(text);
  const list = parseMembers(bytes, colons);
  expect(bytes.toString()).toBe(text);
  return list;
}

it('lists keys and values alternately and restores the bytes', () => {
  expect(parse('"a":{"x":1},"a":[2]', [3, 15])).toEqual(['a', { x: 1 }, 'a', [2]]);
});

it.each([
  ['a number as a key', '1:2', [1]],
  ['no member', '', []],
  ['a member without a colon', '"a":1,"b"', [3]],
  ['text that is not JSON', '"a":x', [3]],
])('refuses %s', (_what, text, colons) => {
  expect(parse(text, colons)).toBeUndefined();
});
