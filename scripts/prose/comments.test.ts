import { expect, test } from 'vitest';
import { commentLines } from './comments.ts';

const texts = (source: string) => commentLines(source).map(({ number, text }) => [number, text]);

test('line comments, block comments and docstrings are comments', () => {
  const source = '// a\nconst x = /* b */ 1; // c\n/**\n * d\n */\nfunction f() {\n  // e\n}\n// f';
  expect(texts(source)).toEqual([
    [1, '// a'],
    [2, '/* b */'],
    [2, '// c'],
    [3, '/**'],
    [4, ' * d'],
    [5, ' */'],
    [7, '// e'],
    [9, '// f'],
  ]);
});

test('strings, templates and regular expressions are no comments', () => {
  const source = ["const a = '// a';", `const b = \`\${a} // b /* \${a}\`;`, 'const c = /\\/\\/ c/;'].join(
    '\n',
  );
  expect(texts(source)).toEqual([]);
});

test('a comment line knows the whole line of the file', () => {
  expect(commentLines('let x; // y')).toEqual([{ number: 1, line: 'let x; // y', text: '// y' }]);
});
