import { figure, type Line } from './line.ts';

/** How a measurement grows with the size of the database. */
export interface Growth {
  readonly name: string;
  readonly unit: string;
  /** One value for each number of rows, in ascending order. */
  readonly values: readonly { readonly rows: number; readonly value: number }[];
  /** The value at the largest size divided by the value at the smallest. */
  readonly ratio: number;
}

/** Groups the lines that were measured at several sizes. */
export function growthOf(lines: readonly Line[]): Growth[] {
  const sized = lines.filter((line) => line.rows !== undefined);
  return Object.entries(Object.groupBy(sized, ({ name }) => name)).map(([name, group = []]) => {
    const values = group.map(({ rows = 0, value }) => ({ rows, value })).toSorted((a, b) => a.rows - b.rows);
    const ratio = (values.at(-1)?.value ?? Number.NaN) / (values[0]?.value ?? Number.NaN);
    return { name, unit: group[0]?.unit ?? '', values, ratio };
  });
}

/** Formats a table with a row for each measurement and a column for each size. */
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
