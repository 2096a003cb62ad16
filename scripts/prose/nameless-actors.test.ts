import { expect, test } from 'vitest';
import { countNameless, hasTooManyNameless, partOf } from './nameless-actors.ts';

test('nameless actors are counted in comments, not in code', () => {
  const source = '/** Nobody asks\n * whoever it is. */\nconst nobody = "somebody"; // a NIC of ours';
  expect(countNameless('a.ts', source)).toEqual({ lines: 3, words: 3 });
});

test('words broken over two lines are counted', () => {
  expect(countNameless('a.ts', '/**\n * A NIC of\n * ours.\n */').words).toBe(1);
});

test('in Markdown, prose counts; code blocks, blank lines and words in backticks do not', () => {
  const source = "# Title\n\n`nobody` says that somebody's port\n\n```\nanybody\n```\n";
  expect(countNameless('a.md', source)).toEqual({ lines: 2, words: 1 });
});

test('one in a hundred lines is allowed', () => {
  expect(hasTooManyNameless({ lines: 200, words: 2 })).toBe(false);
  expect(hasTooManyNameless({ lines: 199, words: 2 })).toBe(true);
  expect(hasTooManyNameless({ lines: 0, words: 0 })).toBe(false);
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
