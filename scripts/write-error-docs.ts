/** `npm run docs:errors`: writes docs/errors.md from the error tables; `--check` only says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorTable } from '../packages/ovn-docker/src/errors.ts';

const file = resolve(import.meta.dirname, '../docs/errors.md');
const rows = Object.entries(errorTable).map(
  ([code, { when, hint }]) => `| \`${code}\` | ${when} | ${hint} |`,
);
const text = `# Errors

What \`ovn-docker\` prints when something cannot be done: what happened, a code that stays the same, and what to do. The exit
code is 1, or Docker's own when Docker ran. \`--debug\` adds the stack trace. This page is written from the table in
\`packages/ovn-docker/src/errors.ts\` by \`npm run docs:errors\`.

| code | when | what to do |
| --- | --- | --- |
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/errors.md is not up to date: npm run docs:errors\n');
  process.exitCode = 1;
}
