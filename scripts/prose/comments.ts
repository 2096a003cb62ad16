import ts from 'typescript';

/** A line of a comment: `number` counts from 1, `line` is the whole line, `text` its part in the comment. */
export interface CommentLine {
  readonly number: number;
  readonly line: string;
  readonly text: string;
}

/**
 * Returns the comment lines of a TypeScript file, in order. It scans for comments only between the tokens of
 * the parsed file, so strings, templates and regular expressions that look like comments are left out.
 */
export function commentLines(source: string): CommentLine[] {
  const file = ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest);
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard);
  const lines = source.split('\n');
  return betweenTokens(file).flatMap(([start, end]) =>
    commentsIn(scanner, source, start, end).flatMap(([from, to]) => {
      const first = file.getLineAndCharacterOfPosition(from).line;
      const text = source.slice(from, to).split('\n');
      return text.map((part, index) => ({
        number: first + index + 1,
        line: lines[first + index] ?? '',
        text: part,
      }));
    }),
  );
}

/** The ranges of blanks and comments before each token. */
function betweenTokens(file: ts.SourceFile): (readonly [start: number, end: number])[] {
  const ranges: (readonly [number, number])[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file).filter((child) => !isJsDoc(child));
    if (children.length > 0) children.forEach(visit);
    else if (node.kind !== ts.SyntaxKind.SyntaxList) ranges.push([node.pos, node.getStart(file)]);
  };
  visit(file);
  return ranges.filter(([start, end]) => end > start);
}

function isJsDoc({ kind }: ts.Node): boolean {
  return kind >= ts.SyntaxKind.FirstJSDocNode && kind <= ts.SyntaxKind.LastJSDocNode;
}

function commentsIn(
  scanner: ts.Scanner,
  source: string,
  start: number,
  end: number,
): [from: number, to: number][] {
  const found: [number, number][] = [];
  scanner.setText(source, start, end - start);
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.SingleLineCommentTrivia || token === ts.SyntaxKind.MultiLineCommentTrivia) {
      found.push([scanner.getTokenStart(), scanner.getTokenEnd()]);
    }
  }
  return found;
}
