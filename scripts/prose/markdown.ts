/** A line of prose: `number` counts from 1. */
export interface ProseLine {
  readonly number: number;
  readonly line: string;
}

/** Returns the lines of a Markdown file outside fenced code blocks, without blank lines. */
export function proseLines(source: string): ProseLine[] {
  let fence: string | undefined;
  return source.split('\n').flatMap((line, index) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) {
      fence = mark;
      return [];
    }
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
      return [];
    }
    return line.trim() === '' ? [] : [{ number: index + 1, line }];
  });
}

export const isTableRow = (line: string): boolean => /^\s*\|/.test(line);
