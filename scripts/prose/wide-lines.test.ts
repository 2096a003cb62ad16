import { expect, test } from 'vitest';
import { COMMENT_WIDTH, PROSE_WIDTH, wideComments, wideProse } from './wide-lines.ts';

/** Words of ten columns, the last one cut to `width`. */
const words = (width: number) =>
  'some words '
    .repeat(30)
    .slice(0, width - 1)
    .concat('x');

test('a comment line of 110 columns is allowed, one of 111 is not', () => {
  const line = (width: number) => `const x = 1;\n${`  // ${words(width - 5)}`}\n`;
  expect(wideComments(line(COMMENT_WIDTH))).toEqual([]);
  expect(wideComments(line(COMMENT_WIDTH + 1))).toEqual([{ number: 2, width: 111 }]);
});

test('each line of a docstring is measured, and a comment beside code with its code', () => {
  expect(wideComments(`/**\n * ${words(120)}\n */`)).toEqual([{ number: 2, width: 123 }]);
  expect(wideComments(`const text = '${'x'.repeat(100)}'; // two words`)).toHaveLength(1);
});

test('long code and a comment of one unbreakable word are allowed', () => {
  expect(wideComments(`const text = '${'x'.repeat(200)}';`)).toEqual([]);
  expect(wideComments(`// https://example.test/${'x'.repeat(120)}`)).toEqual([]);
});

test('a line of Markdown prose of 120 columns is allowed, one of 121 is not', () => {
  expect(wideProse(words(PROSE_WIDTH))).toEqual([]);
  expect(wideProse(`# Title\n\n${words(PROSE_WIDTH + 1)}`)).toEqual([{ number: 3, width: 121 }]);
});

test('tables, code blocks and the targets of links may be wide', () => {
  expect(wideProse(`| ${words(200)} |`)).toEqual([]);
  expect(wideProse(`\`\`\`sh\n${words(200)}\n\`\`\`\n`)).toEqual([]);
  expect(wideProse(`${words(100)} [a page](${'x'.repeat(100)})`)).toEqual([]);
  expect(wideProse(`[page]: ${'x'.repeat(200)}`)).toEqual([]);
});

test('prose after a code block is measured again', () => {
  expect(wideProse(`\`\`\`\ncode\n\`\`\`\n${words(130)}`)).toEqual([{ number: 4, width: 130 }]);
});
