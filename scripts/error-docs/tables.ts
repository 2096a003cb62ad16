/** The error table of a package: the cause and the hint of each code. */
export type ErrorTable = Readonly<Record<string, { readonly when: string; readonly hint: string }>>;

/** Returns a Markdown table of causes and hints. `column` adds a column after the code. */
export function errorRows(
  table: ErrorTable,
  column?: { readonly title: string; readonly of: (code: string) => string },
): string {
  const extra = column === undefined ? [] : [column.title];
  const rows = Object.entries(table).map(([code, { when, hint }]) => [
    `\`${code}\``,
    ...(column === undefined ? [] : [column.of(code)]),
    when,
    hint,
  ]);
  return markdownTable(['code', ...extra, 'when', 'what to do'], rows);
}

/** Returns a Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Returns a message with the names of its parameters in braces: `Network {id} could not be found.` */
export function messageTemplate(message: (...details: never[]) => string): string {
  const parameters = /^\((.*?)\)\s*=>/s.exec(message.toString())?.[1] ?? '';
  const names = parameters.split(',').map((parameter) => /\w+/.exec(parameter)?.[0]);
  const braced = names.filter((name) => name !== undefined).map((name) => `{${name}}`);
  return (message as unknown as (...details: string[]) => string)(...braced);
}
