/** `npm run docs:errors`: writes docs/errors.md from the error tables; `--check` only says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { labErrorTable } from '../lab/src/errors.ts';
import { errorTable } from '../packages/ovn-docker/src/errors.ts';

type Table = Readonly<Record<string, { readonly when: string; readonly hint: string }>>;

const rows = (table: Table) =>
  Object.entries(table)
    .map(([code, { when, hint }]) => `| \`${code}\` | ${when} | ${hint} |`)
    .join('\n');

const file = resolve(import.meta.dirname, '../docs/errors.md');
const text = `# Errors

What the programs print when something cannot be done: what happened, a code that stays the same, and what to do. Written from
the tables in the code by \`npm run docs:errors\`. The packages that can be used alone have tables of their own:
[openstack](../packages/openstack/docs/errors.md), [embedded-neutron](../packages/embedded-neutron/docs/errors.md), and the READMEs of
[ovsdb](../packages/ovsdb/README.md) and [netlink](../packages/netlink/README.md).

## ovn-docker

The exit code is 1, or Docker's own when Docker ran. \`--debug\` adds the stack trace.

| code | when | what to do |
| --- | --- | --- |
${rows(errorTable)}

## lab (\`npm start\`, \`npm stop\`, \`npm run lab\`)

| code | when | what to do |
| --- | --- | --- |
${rows(labErrorTable)}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/errors.md is not up to date: npm run docs:errors\n');
  process.exitCode = 1;
}
