import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'packages/ovsdb/src');
const readme = readFileSync(join(folder, '../README.md'), 'utf8');

/** Declares the names that the examples in docstrings use without an import. */
const PRELUDE = `
import { readFileSync } from 'node:fs';
import {
  connect, isRowRef, isUuid, isWaitFailure, type NbTables, nbSchema, openReplica, type OvsdbClient, parseSchema,
  type Replica, Transaction,
} from '@ovn-docker/ovsdb';
import { startMemoryServer } from '@ovn-docker/ovsdb/testing';
declare const client: OvsdbClient;
declare const replica: Replica<NbTables>;
`;

function codeBlocks(markdown: string): string[] {
  return Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code);
}

/** Joins the examples of a tutorial to one program: each example continues the previous one. */
function tutorialProgram(markdown: string): string {
  const blocks = codeBlocks(markdown);
  const imports = new Set<string>(["import { readFileSync } from 'node:fs';"]);
  const bodies = blocks.map((block) =>
    block.replace(/^import .*?;\n/gm, (line) => {
      imports.add(line.trim());
      return '';
    }),
  );
  // Each block is nested in the previous one, so that it can use the names declared there and redeclare them.
  const nested = bodies.map((body) => `{\n${body}`).join('\n') + '}\n'.repeat(bodies.length);
  return `${[...imports].join('\n')}\n${nested}`;
}

/** Joins the examples of all docstrings in src to one program, with a block for each. */
function docstringProgram(): string {
  const files = globSync('**/*.ts', { cwd: folder }).filter(
    (file) => !file.startsWith('generated') && !file.endsWith('.test.ts'),
  );
  const examples = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return codeBlocks(text.replaceAll(/^ *\* ?/gm, ''));
  });
  return PRELUDE + examples.map((example) => `{\n${example}}\n`).join('');
}

/** Compiles the texts as modules of this folder. Returns the compiler's errors. */
function compile(texts: readonly string[]): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config as {
    compilerOptions: object;
  };
  const converted = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;
  const options = { ...converted, noUnusedLocals: false };
  const sources = new Map(
    texts.map((text, n) => {
      const name = join(folder, `examples-${n}.ts`);
      return [name, ts.createSourceFile(name, text, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS)];
    }),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => sources.get(path) ?? getSourceFile(path, ...rest);
  const compiled = ts.createProgram([...sources.keys()], options, host);
  return [...sources.values()]
    .flatMap((source) => [
      ...compiled.getSyntacticDiagnostics(source),
      ...compiled.getSemanticDiagnostics(source),
    ])
    .map(({ messageText, start, file }) => {
      const line = file && start !== undefined ? file.text.slice(start).split('\n', 1)[0] : '';
      return `${ts.flattenDiagnosticMessageText(messageText, '\n')}: ${line}`;
    });
}

it('the examples in the README and in the docstrings compile', () => {
  const docstrings = docstringProgram();
  expect(docstrings).toContain('await openReplica(');
  expect(compile([tutorialProgram(readme), docstrings])).toEqual([]);
}, 120_000);
