import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const module = join(import.meta.dirname, 'open-files.ts');
const code = `import(process.argv[1]).then(({ connectionsWithin }) => console.log(connectionsWithin(300, 40)))`;

test.each([
  ['1024', '300'],
  ['200', '160'],
  ['45', '8'],
])('with %s open files, 300 connections beside 40 files are %s', (files, connections) => {
  const command = `ulimit -n ${files}; exec "$0" -e "$1" "$2"`;
  expect(execFileSync('bash', ['-c', command, process.execPath, code, module], { encoding: 'utf8' })).toBe(
    `${connections}\n`,
  );
});
