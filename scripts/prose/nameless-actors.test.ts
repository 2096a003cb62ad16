import { expect, test } from 'vitest';
import { areTooMany, findNameless, partOf } from './nameless-actors.ts';

test('nameless actors are found in comments, not in code', () => {
  const source = '/** Nobody asks\n * whoever it is. */\nconst nobody = "somebody"; // a NIC of ours';
  expect(findNameless('a.ts', source)).toEqual({ lines: 3, words: [1, 2, 3] });
});

test('words broken over two lines are found', () => {
  expect(findNameless('a.ts', '/**\n * A NIC of\n * ours.\n */').words).toEqual([2]);
});

test('in Markdown, prose counts; code blocks, blank lines and words in backticks do not', () => {
  const source = "# Title\n\n`nobody` says that somebody's port\n\n```\nanybody\n```\n";
  expect(findNameless('a.md', source)).toEqual({ lines: 2, words: [3] });
});

test('one in a hundred lines is allowed', () => {
  expect(areTooMany(2, 200)).toBe(false);
  expect(areTooMany(2, 199)).toBe(true);
  expect(areTooMany(0, 0)).toBe(false);
});

test.each([
  ['packages/ovsdb/src/wire/json.ts', 'packages/ovsdb'],
  ['lab/src/main.ts', 'lab'],
  ['scripts/prose/comments.ts', 'scripts'],
  ['docs/docker.md', 'root'],
  ['README.md', 'root'],
])('%s is counted with %s', (path, part) => {
  expect(partOf(path)).toBe(part);
});
