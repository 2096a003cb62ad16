import { commentLines } from './comments.ts';
import { proseLines } from './markdown.ts';

/** Words that hide the actor of a sentence. */
const NAMELESS = /\b(?:somebody|nobody|whoever|anybody|of\s+ours)\b/gi;

/** The number of nameless words that 100 lines may have. */
export const NAMELESS_PER_100_LINES = 1;

/** The number of lines of comments and docs, and of nameless words (`somebody`, `nobody`, …) in them. */
export interface NamelessCount {
  readonly lines: number;
  readonly words: number;
}

/**
 * Counts the nameless words in the comments of a TypeScript file or in the prose of a Markdown file. Code in
 * backticks does not count.
 */
export function countNameless(path: string, source: string): NamelessCount {
  const lines = path.endsWith('.md')
    ? proseLines(source).map(({ line }) => line)
    : commentLines(source).map(({ text }) => text.replace(/^\s*(\/\/|\/\*+|\*)/, ''));
  const text = lines.join('\n').replace(/`[^`\n]*`/g, '');
  return { lines: lines.length, words: text.match(NAMELESS)?.length ?? 0 };
}

/** Whether the count exceeds {@link NAMELESS_PER_100_LINES}. */
export function hasTooManyNameless({ lines, words }: NamelessCount): boolean {
  return words * 100 > lines * NAMELESS_PER_100_LINES;
}

/**
 * Returns the part of the repository to which a file belongs: a package, another folder with code, or `root`.
 */
export function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'packages') return `packages/${second}`;
  return ['lab', 'test', 'bench', 'scripts'].includes(top) ? top : 'root';
}
