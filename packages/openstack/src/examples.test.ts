import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The examples of all docstrings in src by the name of a module that contains nothing else. */
function docstringExamples(): Map<string, string> {
  const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const examples = files.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8').replaceAll(/^ *\* ?/gm, '');
    return Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code);
  });
  return new Map(examples.map((code, n) => [join(import.meta.dirname, `example-${n}.ts`), code]));
}

/** Compiles modules that are not in the file system. Returns the compiler's errors. */
function compile(modules: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const sources = new Map(
    [...modules].map(([name, text]) => [name, ts.createSourceFile(name, text, ts.ScriptTarget.ES2024, true)]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => sources.get(path) ?? getSourceFile(path, ...rest);
  const program = ts.createProgram([...sources.keys()], { ...options, noUnusedLocals: false }, host);
  return [...sources.values()].flatMap((source) =>
    [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${source.text}\n${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    ),
  );
}

test('the examples of the docstrings compile', () => {
  const examples = docstringExamples();
  expect(examples.size).toBeGreaterThanOrEqual(12);
  expect(compile(examples)).toEqual([]);
}, 120_000);
