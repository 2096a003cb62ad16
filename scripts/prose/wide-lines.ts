import { commentLines } from './comments.ts';
import { isTableRow, proseLines } from './markdown.ts';

/** The width of a comment line in columns, indentation and code before the comment included. */
export const COMMENT_WIDTH = 110;
/** The width of a line of Markdown prose in columns. */
export const PROSE_WIDTH = 120;

/** A line that is too wide: `number` counts from 1. */
export interface WideLine {
  readonly number: number;
  readonly width: number;
}

/**
 * The comment lines wider than {@link COMMENT_WIDTH}. A line that cannot be broken (one long word) is
 * allowed.
 */
export function wideComments(source: string): WideLine[] {
  return commentLines(source)
    .filter(({ text }) => /\S\s+\S/.test(text.replace(/^\s*(\/\/|\/\*+|\*)\s*/, '')))
    .map(({ number, line }) => ({ number, width: widthOf(line) }))
    .filter(({ width }) => width > COMMENT_WIDTH);
}

/**
 * The lines of Markdown prose wider than {@link PROSE_WIDTH}. Tables and code blocks are left out; URLs and
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
