import { figure, type Line } from './line.ts';

/** How one measurement grows with the size of the database. */
export interface Growth {
  readonly name: string;
  readonly unit: string;
  /** By number of rows, smallest first. */
  readonly values: readonly { readonly rows: number; readonly value: number }[];
  /** The value at the largest size over the one at the smallest. */
  readonly ratio: number;
}

/** Puts the lines that were measured at several sizes together. */
export function growthOf(lines: readonly Line[]): Growth[] {
  const sized = lines.filter((line) => line.rows !== undefined);
  return Object.entries(Object.groupBy(sized, ({ name }) => name)).map(([name, found = []]) => {
    const values = found.map(({ rows = 0, value }) => ({ rows, value })).toSorted((a, b) => a.rows - b.rows);
    const ratio = (values.at(-1)?.value ?? Number.NaN) / (values[0]?.value ?? Number.NaN);
    return { name, unit: found[0]?.unit ?? '', values, ratio };
  });
}

/** A table for people: a row per measurement, a column per size. */
export function formatGrowth(growths: readonly Growth[]): string {
  const sizes = growths[0]?.values.map(({ rows }) => `${rows} rows`) ?? [];
  const rows = growths.map(({ name, unit, values, ratio }) =>
    tableRow(`${name} (${unit})`, [...values.map(({ value }) => figure(value)), `${figure(ratio)} ×`]),
  );
  return [tableRow('growth', [...sizes, 'last / first']), ...rows].join('\n');
}

function tableRow(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(48)}${cells.map((cell) => cell.padStart(14)).join('')}`;
}
