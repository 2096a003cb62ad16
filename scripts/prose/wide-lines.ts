import { commentLines } from './comments.ts';
import { isTableRow, proseLines } from './markdown.ts';

/** The largest width of a line with a comment, in columns, including indentation and code. */
export const COMMENT_WIDTH = 110;
/** The largest width of a line of Markdown prose, in columns. */
export const PROSE_WIDTH = 120;

/** A line that is too wide: `number` counts from 1. */
export interface WideLine {
  readonly number: number;
  readonly width: number;
}

/**
 * Returns the comment lines wider than {@link COMMENT_WIDTH}, except lines of one long word such as a URL.
 */
export function wideComments(source: string): WideLine[] {
  return commentLines(source)
    .filter(({ text }) => /\S\s+\S/.test(text.replace(/^\s*(\/\/|\/\*+|\*)\s*/, '')))
    .map(({ number, line }) => ({ number, width: widthOf(line) }))
    .filter(({ width }) => width > COMMENT_WIDTH);
}

/**
 * Returns the lines of Markdown prose wider than {@link PROSE_WIDTH}, except tables and code blocks. URLs and
 * the targets of links do not count.
 */
export function wideProse(source: string): WideLine[] {
  return proseLines(source)
    .filter(({ line }) => !isTableRow(line))
    .map(({ number, line }) => ({ number, width: widthOf(withoutUrls(line)) }))
    .filter(({ width }) => width > PROSE_WIDTH);
}

const widthOf = (line: string): number => [...line].length;

const withoutUrls = (line: string): string =>
  line
    .replace(/\]\([^)]*\)/g, ']()')
    .replace(/^(\s*\[[^\]]+\]:).*$/, '$1')
    .replace(/https?:\/\/[^\s)>]+/g, '');
