import { commentLines } from './comments.ts';
import { proseLines } from './markdown.ts';

/** The words that hide who acts. */
const NAMELESS = /\b(?:somebody|nobody|whoever|anybody|of\s+ours)\b/gi;

/** How many of the nameless words are allowed in 100 lines. */
export const NAMELESS_PER_100_LINES = 1;

/** The lines of comments and docs, and the nameless words (`somebody`, `nobody`, …) in them. */
export interface NamelessCount {
  readonly lines: number;
  readonly words: number;
}

/**
 * Counts in a file's text: in the comments of TypeScript, in the prose of Markdown. What stands in backticks
 * is no prose.
 */
export function countNameless(path: string, source: string): NamelessCount {
  const lines = path.endsWith('.md')
    ? proseLines(source).map(({ line }) => line)
    : commentLines(source).map(({ text }) => text.replace(/^\s*(\/\/|\/\*+|\*)/, ''));
  const text = lines.join('\n').replace(/`[^`\n]*`/g, '');
  return { lines: lines.length, words: text.match(NAMELESS)?.length ?? 0 };
}

/** Whether there are more nameless words than {@link NAMELESS_PER_100_LINES} allows. */
export function hasTooManyNameless({ lines, words }: NamelessCount): boolean {
  return words * 100 > lines * NAMELESS_PER_100_LINES;
}

/**
 * The part of the repository that a file is counted with: a package, one of the other folders with code, or
 * `root`.
 */
export function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'packages') return `packages/${second}`;
  return ['lab', 'test', 'bench', 'scripts'].includes(top) ? top : 'root';
}
