/** A result of a benchmark: a ratio to a reference of the same run, or an absolute measurement. */
export interface Line {
  readonly name: string;
  /** Number of rows in the measured database. */
  readonly rows?: number;
  readonly value: number;
  readonly unit: string;
  /** The target: the value must not be larger. */
  readonly atMost?: number;
  /** The target: the value must not be smaller. */
  readonly atLeast?: number;
  readonly detail?: string;
}

/** Whether a line misses its target. */
export function misses({ value, atMost, atLeast }: Line): boolean {
  return (atMost !== undefined && value > atMost) || (atLeast !== undefined && value < atLeast);
}

/** Formats a line as text. */
export function format(line: Line): string {
  const { name, rows, value, unit, atMost, atLeast, detail } = line;
  const label = rows === undefined ? name : `${name}, ${rows} rows`;
  const target =
    atMost !== undefined ? `at most ${atMost}` : atLeast !== undefined ? `at least ${atLeast}` : '';
  const mark = target === '' ? ' ' : misses(line) ? '✗' : '✓';
  return `${mark} ${label.padEnd(48)} ${figure(value).padStart(8)} ${unit.padEnd(6)} ${target.padEnd(14)} ${detail ?? ''}`.trimEnd();
}

/** Formats a number with at least three digits. */
export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
