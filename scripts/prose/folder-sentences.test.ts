import { expect, test } from 'vitest';
import { unexplainedFolders } from './folder-sentences.ts';

const root = 'packages/x/src';
const files = [`${root}/main.ts`, `${root}/clients/neutron/cloud.ts`, `${root}/vm/vm.ts`, 'other/src/y/y.ts'];
const unexplained = (...pages: string[]) => unexplainedFolders(files, { root, pages });

test('a folder without a sentence is named, nested ones too', () => {
  expect(unexplained('')).toEqual([`${root}/clients`, `${root}/clients/neutron`, `${root}/vm`]);
});

test('a sentence in a list, a table or another page explains a folder', () => {
  const list = '- `clients/` speaks to other programs.\n';
  const table = '| `clients/neutron/` | the client of the Neutron API |\n';
  expect(unexplained(list + table, 'The VM itself is in `packages/x/src/vm/`.')).toEqual([]);
});

test('a path alone, without its slash, or in a code block is no sentence', () => {
  expect(unexplained('- `vm/`\n')).toContain(`${root}/vm`);
  expect(unexplained('- `vm` is the virtual machine itself\n')).toContain(`${root}/vm`);
  expect(unexplained('```\n`vm/` is the virtual machine itself\n```\n')).toContain(`${root}/vm`);
});

test('a folder is not explained by a sentence about another with the same end', () => {
  expect(unexplained('`other/vm/` is the virtual machine itself')).toContain(`${root}/vm`);
});
