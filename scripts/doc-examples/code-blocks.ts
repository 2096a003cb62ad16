/** Returns the TypeScript code blocks of a Markdown text. */
export function codeBlocks(markdown: string): string[] {
  return Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code);
}

/** Returns the TypeScript code blocks in the docstrings of a source text. */
export function docstringBlocks(source: string): string[] {
  return codeBlocks(source.replaceAll(/^ *\* ?/gm, ''));
}

/**
 * Joins code blocks to one module. Each block is nested in the previous one, so that it can use and redeclare
 * the names of the previous blocks.
 *
 * @param prelude imports and declarations of the names that the blocks use without declaring them
 */
export function joinBlocks(prelude: string, blocks: readonly string[]): string {
  const imports = new Set<string>();
  const withoutImports = (code: string) =>
    code.replace(/^import [^;]*;\n/gm, (statement) => {
      imports.add(statement);
      return '';
    });
  const declarations = withoutImports(prelude);
  const nested = blocks.map((block) => `{\n${withoutImports(block)}`).join('') + '}\n'.repeat(blocks.length);
  return [...imports, declarations, nested].join('');
}
