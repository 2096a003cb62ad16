import { randomInt } from 'node:crypto';
import type { Parameters } from 'fast-check';

/** The size of a run. To repeat a failure: `seed`, `path` and `replayPath` from its report. */
interface Bounds extends Parameters<unknown> {
  /** The maximum number of steps of one run. */
  readonly maxCommands: number;
  readonly seed: number;
  readonly replayPath?: string;
  readonly timeoutMs: number;
}

/** The bounds in CI. */
const usual = { numRuns: 3, maxCommands: 25, timeoutMs: 170_000, endOnFailure: true } as const;
const seed = randomInt(2 ** 31);

/**
 * The environment variable MODEL changes the bounds, as JSON:
 * `MODEL='{"numRuns": 50, "maxCommands": 40, "timeoutMs": 3600000}'` for a longer run,
 * `MODEL='{"seed": 1, "path": "0:0", "replayPath": "AAB:F"}'` to repeat a failure,
 * `"endOnFailure": false` to shrink it.
 */
export const bounds: Bounds = {
  ...usual,
  seed,
  ...(JSON.parse(process.env['MODEL'] ?? '{}') as Partial<Bounds>),
};
