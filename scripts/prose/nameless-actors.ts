import { commentLines } from './comments.ts';
import { proseLines } from './markdown.ts';

/** Words that hide the actor of a sentence. */
const NAMELESS = /\b(?:somebody|nobody|whoever|anybody|of\s+ours)\b/gi;

/** The number of nameless words that 100 lines may have. */
export const NAMELESS_PER_100_LINES = 1;

/** The number of lines of comments or docs, and the line numbers of the nameless words in them. */
interface NamelessWords {
  readonly lines: number;
  readonly words: readonly number[];
}

/**
 * Finds the nameless words in the comments of a TypeScript file or in the prose of a Markdown file. Code in
 * backticks is left out.
 */
export function findNameless(path: string, source: string): NamelessWords {
  const lines = path.endsWith('.md')
    ? proseLines(source).map(({ number, line }) => ({ number, text: line }))
    : commentLines(source).map(({ number, text }) => ({
        number,
        text: text.replace(/^\s*(\/\/|\/\*+|\*)/, ''),
      }));
  const text = lines.map((line) => line.text.replace(/`[^`]*`/g, '')).join('\n');
  const words = [...text.matchAll(NAMELESS)].map(({ index }) => {
    const before = text.slice(0, index).split('\n').length - 1;
    return lines[before]?.number ?? 0;
  });
  return { lines: lines.length, words };
}

/** Whether so many nameless words in so many lines exceed {@link NAMELESS_PER_100_LINES}. */
export function areTooMany(words: number, lines: number): boolean {
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
