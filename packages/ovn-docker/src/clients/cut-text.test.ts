import { expect, it } from 'vitest';
import { cutText } from './cut-text.ts';

it.each([
  ['abc', 2, 'ab'],
  ['abc', 5, 'abc'],
  ['a𐀀𐀀', 2, 'a'],
  ['a𐀀𐀀', 3, 'a𐀀'],
  ['𐀀', 1, ''],
])('%s in at most %d code units is %s: no half of a pair', (text, length, cut) => {
  expect(cutText(text, length)).toBe(cut);
});
