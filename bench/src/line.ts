/** One result of a benchmark: a ratio against a reference of the same run, or a plain measurement. */
export interface Line {
  readonly name: string;
  /** The size of the database that it was measured on. */
  readonly rows?: number;
  readonly value: number;
  readonly unit: string;
  /** The target, when there is one. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly detail?: string;
}

/** Whether a line misses its target. */
export function misses({ value, atMost, atLeast }: Line): boolean {
  return (atMost !== undefined && value > atMost) || (atLeast !== undefined && value < atLeast);
}

/** A line for people. */
export function format(line: Line): string {
  const { name, rows, value, unit, atMost, atLeast, detail } = line;
  const label = rows === undefined ? name : `${name}, ${rows} rows`;
  const target =
    atMost !== undefined ? `at most ${atMost}` : atLeast !== undefined ? `at least ${atLeast}` : '';
  const mark = target === '' ? ' ' : misses(line) ? '✗' : '✓';
  return `${mark} ${label.padEnd(48)} ${figure(value).padStart(8)} ${unit.padEnd(6)} ${target.padEnd(14)} ${detail ?? ''}`.trimEnd();
}

/** A number with three digits at least. */
export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
