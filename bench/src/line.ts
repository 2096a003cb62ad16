/** One result of a benchmark: a ratio against a reference of the same run, or a plain measurement. */
export interface Line {
  readonly name: string;
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
  const { name, value, unit, atMost, atLeast, detail } = line;
  const target =
    atMost !== undefined ? `at most ${atMost}` : atLeast !== undefined ? `at least ${atLeast}` : '';
  const mark = target === '' ? ' ' : misses(line) ? '✗' : '✓';
  const number = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  return `${mark} ${name.padEnd(48)} ${number.padStart(8)} ${unit.padEnd(6)} ${target.padEnd(14)} ${detail ?? ''}`.trimEnd();
}
