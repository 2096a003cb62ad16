import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { analyse } from 'scslre';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** The regular expressions of the packages' code; those of tests meet no text from outside. */
function regularExpressions(): { readonly where: string; readonly literal: string }[] {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(resolve(root, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const found: { where: string; literal: string }[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isRegularExpressionLiteral(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        found.push({ where: `${file}:${line + 1}`, literal: node.getText(source) });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/** Finds superlinear backtracking, and superlinear searches for the beginning of a match. */
function isSuperlinear(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  const expression = { source: literal.slice(1, end), flags: literal.slice(end + 1) };
  return analyse(expression, { maxReports: 1 }).reports.length > 0;
}

it('every regular expression of the packages matches in linear time', { timeout: 60_000 }, () => {
  expect(isSuperlinear('/<[^>]*>/g')).toBe(true);
  const expressions = regularExpressions();
  expect(expressions.length).toBeGreaterThan(50);
  expect(expressions.filter(({ literal }) => isSuperlinear(literal))).toEqual([]);
});
