import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The TypeScript of a tutorial, top to bottom, as one program: each example goes on where the last one ended. */
function program(markdown: string): string {
  const blocks = Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code);
  const imports = new Set<string>(["import { readFileSync } from 'node:fs';"]);
  const bodies = blocks.map((block) =>
    block.replace(/^import .*?;\n/gm, (line) => {
      imports.add(line.trim());
      return '';
    }),
  );
  // Each stands in the scope of those before it, so that `const client` may come again.
  return `${[...imports].join('\n')}\n${bodies.map((body) => `{\n${body}`).join('\n')}${'}\n'.repeat(bodies.length)}`;
}

it('what the README shows compiles', () => {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config as {
    compilerOptions: object;
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const name = join(import.meta.dirname, 'readme-examples.ts');
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === name
      ? ts.createSourceFile(path, program(readme), ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS)
      : getSourceFile(path, ...rest);
  const compiled = ts.createProgram([name], { ...options, noUnusedLocals: false }, host);
  const source = compiled.getSourceFile(name);
  const wrong = [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
  expect(wrong).toEqual([]);
}, 120_000);
