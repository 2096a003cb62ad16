import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

/**
 * Compiles modules that are not in the file system, with the repository's compiler options.
 *
 * @param modules the text of each module by its absolute path; imports are resolved from that path
 * @returns the compiler's errors, each with the path of the module and the line
 */
export function compile(modules: ReadonlyMap<string, string>): string[] {
  const options = compilerOptions();
  const sources = new Map(
    [...modules].map(([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true)]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => sources.get(path) ?? getSourceFile(path, ...rest);
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.values()]
    .flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ])
    .map(describe);
}

/** Returns the options of tsconfig.json, but allows unused variables, because examples often end with one. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return { ...options, noUnusedLocals: false };
}

function describe({ file, start = 0, messageText }: ts.DiagnosticWithLocation | ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (file === undefined) return message;
  const line = file.text.split('\n')[file.getLineAndCharacterOfPosition(start).line] ?? '';
  return `${relative(root, file.fileName)}: ${message}: ${line.trim()}`;
}
